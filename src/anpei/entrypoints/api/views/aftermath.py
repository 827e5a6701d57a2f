"""What follows a decision: payments, proofs, notices, and who opened personal data of the claim."""

from anpei.claims.decision import queries as proofs
from anpei.claims.dossier.model import Claim
from anpei.entrypoints.api import answers
from anpei.entrypoints.api.views.reasoning import display_name
from anpei.entrypoints.api.views.sight import Sight, amount
from anpei.notices import queries as notices
from anpei.notices.model import Notice
from anpei.payments import queries as payments
from anpei.payments.model import Order
from anpei.trust.access import AccessEntry, ActorKind, access_log


def payments_of(sight: Sight, claim: Claim) -> list[answers.Payment]:
    """The payment orders, by round."""
    return [_payment(sight, order) for order in payments.list_orders(sight.conn, claim_id=claim.id)]


def _payment(sight: Sight, order: Order) -> answers.Payment:
    steps = payments.list_steps(sight.conn, order_id=order.id)
    return answers.Payment(
        id=order.id, round=order.round, state=sight.coded("order", order.state.value), amount=amount(order.amount.fen),
        account=f"**** {order.account_tail}", bank_reference=order.bank_reference, reason=order.reason, attempts=order.attempts,
        steps=[answers.PaymentStep(at=step.at, state=sight.coded("order", step.to_state.value)) for step in steps],
    )  # fmt: skip


def proofs_of(sight: Sight, claim: Claim) -> list[answers.ProofEntry]:
    """The proofs that exist, oldest first."""
    return [answers.ProofEntry(**row) for row in proofs.list_proofs(sight.conn, claim_id=claim.id)]


def notices_of(sight: Sight, claim: Claim) -> list[answers.NoticeEntry]:
    """The notices without their words, oldest first."""
    return [notice_entry(sight, notice) for notice in notices.list_notices(sight.conn, claim_id=claim.id)]


def notice_entry(sight: Sight, notice: Notice) -> answers.NoticeEntry:
    """A notice in a list."""
    return answers.NoticeEntry(
        id=notice.id, round=notice.round, template=notice.template, title=sight.coded("notice", notice.template).title,
        channel=notice.channel.value, state=notice.state.value, code=notice.code, created_at=notice.created_at,
        delivered_at=notice.delivered_at, read_at=notice.read_at,
    )  # fmt: skip


def seen_of(sight: Sight, claim: Claim) -> list[answers.Seen]:
    """Who opened personal data of this claim, newest first."""
    return [_seen(sight, entry) for entry in access_log(sight.conn, subject=claim.id)]


def _seen(sight: Sight, entry: AccessEntry) -> answers.Seen:
    rules, lang = sight.door.platform.access, sight.lang
    purpose = rules.purposes.get(entry.purpose)
    return answers.Seen(
        at=entry.at, account=display_name(sight, entry.account_id) if entry.kind is ActorKind.PERSON else entry.account_id,
        roles=[getattr(rules.roles[role].title, lang) if role in rules.roles else role for role in entry.roles],
        purpose=entry.purpose if purpose is None else getattr(purpose.title, lang),
        fields=[getattr(rules.fields[field], lang) if field in rules.fields else field for field in entry.fields],
    )  # fmt: skip
