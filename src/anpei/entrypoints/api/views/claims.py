"""A claim as rows and pages show it: masked person, state, who holds it, lane with reasons, amount, clock, what may be done."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from anpei.claims.dossier import queries as dossier
from anpei.claims.dossier.model import ALLOWED, ENDED, Claim, ClaimState, SectionName, TimelineEntry
from anpei.engines import jobs
from anpei.entrypoints.api import answers
from anpei.entrypoints.api.views import clocks
from anpei.entrypoints.api.views.sight import Sight, amount, claim_in_sight, mask_policy_number, masked_person
from anpei.journeys.claiming import TAKING_PAGES
from anpei.records.policies import queries as policies
from anpei.trust.access import ActorKind

MOVING = frozenset({ClaimState.COLLECTING, ClaimState.IN_AUDIT, ClaimState.ASSESSED, ClaimState.DECIDED, ClaimState.PAYING})
DECIDED = frozenset({ClaimState.DECIDED, ClaimState.PAYING, ClaimState.PAYMENT_FAILED, ClaimState.CLOSED_WITHOUT_PAYMENT})
DEAD_END = frozenset({ClaimState.REFUSED, ClaimState.WITHDRAWN})


def list_claims(sight: Sight, *, states: Sequence[ClaimState], before: str | None, limit: int) -> answers.ClaimPage:
    """A page of the claims in sight, newest first; a customer's are those under the policies that name this customer."""
    own = _own_policies(sight)
    found = dossier.list_claims(
        sight.conn, vault=sight.door.platform.vault, insurers=sight.insurers, policies=own, states=tuple(states), limit=limit + 1,
        before=before,
    )  # fmt: skip
    shown = found[:limit]
    return answers.ClaimPage(
        claims=[row_of(sight, claim) for claim in shown], next=shown[-1].id if len(found) > limit else None,
        counts=dossier.count_by_state(sight.conn, insurers=sight.insurers, policies=own),
    )  # fmt: skip


def find_claim(sight: Sight, *, claim_no: str) -> answers.ClaimPage:
    """The claim of a human number, if it is in sight: a page of one or none."""
    found = dossier.find_by_number(sight.conn, vault=sight.door.platform.vault, claim_no=claim_no.strip().upper())
    rows = []
    if found is not None:
        try:
            rows = [row_of(sight, claim_in_sight(sight, found.id))]
        except dossier.ClaimNotFound:
            rows = []
    return answers.ClaimPage(claims=rows, next=None, counts={})


def _own_policies(sight: Sight) -> frozenset[str] | None:
    """The policies of a customer; None for everybody else, whose sight is the insurers."""
    if sight.actor.kind is not ActorKind.CUSTOMER:
        return None
    party = sight.actor.party_id
    found = [] if party is None else policies.list_by_party(sight.conn, vault=sight.door.platform.vault, party_ids=[party])
    return frozenset(policy.id for policy in found)


def row_of(sight: Sight, claim: Claim) -> answers.ClaimRow:
    """A claim in a list."""
    return answers.ClaimRow(**_row(sight, claim, dossier.list_timeline(sight.conn, claim_id=claim.id)))


def _row(sight: Sight, claim: Claim, timeline: Sequence[TimelineEntry]) -> dict[str, Any]:
    policy = policies.get_policy(sight.conn, vault=sight.door.platform.vault, policy_id=claim.policy_id)
    product, plan = product_titles(sight, claim)
    return {
        "id": claim.id, "claim_no": claim.claim_no, "product": product, "plan": plan,
        "insured": masked_person(sight, party_id=policy.insured_id).name, "state": sight.coded("state", claim.state.value),
        "lane": None if claim.lane is None else sight.coded("lane", claim.lane.value),
        "holder": next_of(sight, claim).holder, "amount": claim_amount(sight, claim),
        "clock": clocks.pressing(clocks.clocks_of(sight, timeline)) if claim.state not in ENDED else None,
        "reported_at": claim.reported_at, "updated_at": claim.updated_at,
    }  # fmt: skip


def claim_of(sight: Sight, claim: Claim, timeline: Sequence[TimelineEntry]) -> answers.Claim:
    """One claim with its header."""
    platform = sight.door.platform
    report = dossier.get_section(sight.conn, vault=platform.vault, claim_id=claim.id, name=SectionName.REPORT).payload
    policy = policies.get_policy(sight.conn, vault=platform.vault, policy_id=claim.policy_id)
    lane = dossier.find_section(sight.conn, vault=platform.vault, claim_id=claim.id, name=SectionName.LANE)
    event = report["event"]
    return answers.Claim(
        **_row(sight, claim, timeline), policy=mask_policy_number(policy.number), insurer_id=claim.insurer_id, round=claim.round,
        event_kind=sight.coded("event_kind", event["kind"]), cause=sight.coded("cause", event["cause"]),
        occurred_on=date.fromisoformat(event["occurred_on"]), hospital=event.get("hospital") or "",
        lane_reasons=[] if lane is None else [finding_title(sight, code) for code in lane.payload["reasons"]],
        next=next_of(sight, claim), may=may_do(sight, claim), moving=is_moving(sight, claim), stamp=stamp_of(claim, timeline),
    )  # fmt: skip


def next_of(sight: Sight, claim: Claim) -> answers.Next:
    """What happens next, and who holds the claim (empty: nobody); members of staff are told what is theirs to do."""
    holding = sight.door.platform.progress.words.states[claim.state]
    holder, text = (holding.holder_zh, holding.next_zh) if sight.lang == "zh" else (holding.holder_en, holding.next_en)
    if sight.actor.kind is not ActorKind.CUSTOMER:
        holder = sight.say("holder.claimant") if holder == sight.say("holder.customer") else holder
        text = sight.say(f"staff_next.{claim.state.value}") if sight.door.words.has(f"staff_next.{claim.state.value}") else text
    return answers.Next(holder=holder, text=text)


def is_moving(sight: Sight, claim: Claim) -> bool:
    """Whether something still runs for this claim, so that looking again soon makes sense."""
    waiting = any(job["kind"].startswith("claim.") for job in jobs.pending(sight.conn, subject=claim.id))
    return claim.state in MOVING or waiting


def stamp_of(claim: Claim, timeline: Sequence[TimelineEntry]) -> str:
    """Changes whenever something about the claim does."""
    return f"{claim.round}-{claim.state.value}-{len(timeline)}"


def finding_title(sight: Sight, code: str) -> answers.Coded:
    """A finding code with its title from the findings table; the code itself when the table no longer has it."""
    kind = sight.door.platform.line.findings.kinds.get(code)
    title = code if kind is None else (kind.title_zh if sight.lang == "zh" else kind.title_en)
    return answers.Coded(code=code, title=title)


def product_titles(sight: Sight, claim: Claim) -> tuple[str, str]:
    """The titles of product and plan; their ids when the library no longer has them."""
    for file in sight.door.platform.products.files():
        if file.id == claim.product_id and claim.plan in file.plans:
            return getattr(file.title, sight.lang), getattr(file.plans[claim.plan].title, sight.lang)
    return claim.product_id, claim.plan


def claim_amount(sight: Sight, claim: Claim) -> answers.ClaimAmount:
    """The newest amount with its certainty. What only arithmetic says while a person still decides is for members of staff."""
    platform = sight.door.platform
    name, certainty, fen = None, "none", None
    if claim.state is ClaimState.PAID or claim.state in DECIDED:
        name, certainty = SectionName.DECISION, "paid" if claim.state is ClaimState.PAID else "decided"
    elif claim.state not in DEAD_END and sight.actor.kind is not ActorKind.CUSTOMER:
        name, certainty = SectionName.ASSESSMENT, "assessed"
    section = None
    if name is not None:
        section = dossier.find_section(sight.conn, vault=platform.vault, claim_id=claim.id, name=name)
    if section is not None:
        fen = section.payload["decision" if name is SectionName.DECISION else "assessment"].get("total_fen")
    if fen is None:
        certainty = "none"
    if claim.state in DEAD_END or promises_too_much(sight, claim):
        title = "amount.pending" if claim.state is ClaimState.REFERRED else f"amount.{claim.state.value}"
        return answers.ClaimAmount(certainty="none", title=sight.say(title), amount=None)
    title = sight.say("amount.zero" if fen == 0 else f"amount.{certainty}")
    return answers.ClaimAmount.model_validate({"certainty": certainty, "title": title, "amount": None if fen is None else amount(fen)})


def promises_too_much(sight: Sight, claim: Claim) -> bool:
    """Whether what arithmetic alone says would promise a customer too much: a person still decides, or has refused."""
    return claim.state in (ClaimState.REFERRED, ClaimState.REFUSED) and sight.actor.kind is ActorKind.CUSTOMER


def may_do(sight: Sight, claim: Claim) -> list[str]:
    """What the one who asks may do with the claim in its state; the operations check again."""
    actor, state = sight.actor, claim.state
    possible = {
        "upload": state in TAKING_PAGES and actor.may("claim.upload"),
        "submit": state in (ClaimState.REPORTED, ClaimState.WANTING) and actor.may("claim.upload"),
        "withdraw": ClaimState.WITHDRAWN in ALLOWED[state] and actor.may("claim.report"),
        "ask_person": actor.may("claim.object"),
        "reopen": state in ENDED and actor.may("claim.reopen"),
        "settle": state is ClaimState.REFERRED and actor.may("claim.decide") and actor.is_person,
        "reduce": state is ClaimState.REFERRED and actor.may("claim.reduce") and actor.is_person,
        "refuse": state is ClaimState.REFERRED and actor.may("claim.refuse") and actor.is_person,
        "pay_again": state is ClaimState.PAYMENT_FAILED and actor.may("claim.decide"),
        "export_proof": actor.may("proof.export"),
        "view_pages": actor.may("page.view") or actor.kind is ActorKind.CUSTOMER,
    }
    return [name for name, can in possible.items() if can]
