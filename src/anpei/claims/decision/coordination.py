"""Several policies for one loss: the legal order over the bills of a claim (社保、多份保单的赔付顺序). Pure.

Social insurance comes first (its part stands on the bills), then expense policies one after another in the order in which they were
claimed: each is calculated by ``benefit.assess`` with what others paid set off, so that all together never pass the loss. Fixed benefits
(death, disability, illness, allowance) are paid whatever others pay.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from anpei.claims import benefit
from anpei.claims.benefit import Assessment, Coordination, PaidBy, Payee, Payer, PayerKind, Share
from anpei.claims.benefit.coordination import Reason
from anpei.claims.decision.adjudication import Inputs, assess_inputs
from anpei.kernel.money import Money, split
from anpei.records.products.model import Terms

SOCIAL, ELSEWHERE = "social", "elsewhere"


def is_fixed(terms: Terms) -> bool:
    """Whether nothing of the product is paid by expense."""
    return all(line.basis == "fixed" for line in terms.lines)


def set_off(facts: Mapping[str, Any], paid_fen: int) -> dict[str, Any]:
    """The facts with what other policies paid in all for the bills, shared over them by what each leaves to pay (``paid_elsewhere``)."""
    left = {bill["bill_id"]: _left(bill) for bill in facts["bills"]}
    if paid_fen <= 0 or not any(left.values()):
        return dict(facts)
    parts = split(amount=Money(min(paid_fen, sum(left.values()))), weights=list(left.values()))
    return {**facts, "paid_elsewhere": {bill_id: part.fen for bill_id, part in zip(left, parts, strict=True)}}


def _left(bill: Mapping[str, Any]) -> int:
    """What of a bill nobody on it has paid."""
    others = sum(bill[name] or 0 for name in ("pooled_fen", "serious_illness_fen", "other_payment_fen"))
    return max((bill["total_fen"] or 0) - others, 0)


def coordinate_inputs(policies: Sequence[Inputs]) -> Coordination:
    """One loss (the bills of the first) under several policies in their order, after social insurance. Amounts in fen.

    A policy that cannot be calculated from these facts owes nothing here. The ids are those of the products, numbered where one stands
    twice.
    """
    facts = policies[0].facts
    payers = _on_bills(facts)
    known = sum(payer.due(0) for payer in payers)
    for place, inputs in enumerate(policies, start=1):
        name = inputs.terms.product_id
        id_ = name if all(payer.id != name for payer in payers) else f"{name}#{place}"
        payers.append(Payer(id=id_, kind=_kind(inputs.terms), due=_due(inputs, on_bills=known), place=place))
    return benefit.coordinate(loss_fen=_loss(facts), payers=payers)


def _loss(facts: Mapping[str, Any]) -> int:
    return sum(bill["total_fen"] or 0 for bill in facts["bills"])


def _kind(terms: Terms) -> PayerKind:
    return PayerKind.FIXED if is_fixed(terms) else PayerKind.EXPENSE


def _on_bills(facts: Mapping[str, Any]) -> list[Payer]:
    """Who paid by the bills themselves: social insurance, and others that they name."""
    social = sum((bill["pooled_fen"] or 0) + (bill["serious_illness_fen"] or 0) for bill in facts["bills"])
    others = sum(bill["other_payment_fen"] or 0 for bill in facts["bills"])
    payers = [Payer(id=SOCIAL, kind=PayerKind.SOCIAL, due=_just(social))] if social else []
    return payers + ([Payer(id=ELSEWHERE, kind=PayerKind.EXPENSE, due=_just(others))] if others else [])


def _just(fen: int) -> Callable[[int], int]:
    return lambda _paid: fen


def _due(inputs: Inputs, *, on_bills: int) -> Callable[[int], int]:
    """What a policy owes after others paid so much; ``on_bills``: what of it stands on the bills already."""

    def due(paid_fen: int) -> int:
        assessment, _ = assess_inputs(replace(inputs, facts=set_off(inputs.facts, paid_fen - on_bills)))
        return 0 if assessment is None else assessment.total_fen

    return due


def shares_of(facts: Mapping[str, Any], *, amount_fen: int) -> tuple[Share, ...]:
    """What each of several payees gets, to the exact fen; empty where the claim names one payee. Raises BenefitInvalid."""
    named = payees_of(facts)
    return benefit.share_among(amount_fen=amount_fen, payees=named) if len(named) > 1 and amount_fen > 0 else ()


def payees_of(facts: Mapping[str, Any]) -> tuple[Payee, ...]:
    """The payees that the report names, else the beneficiaries that the product asks for; empty where the insured alone is paid."""
    named = facts.get("payees") or ()
    rows = facts.get("declared", {}).get("beneficiaries", ()) if not named else ()
    listed = [Payee(id=row["id"], parts=row["parts"]) for row in rows if isinstance(row.get("parts"), int) and row["parts"] > 0]
    return (*(Payee(**payee) for payee in named), *listed)


def told_of(inputs: Inputs, assessment: Assessment) -> dict[str, Any]:
    """What a decision writes beside the amount: who pays what of the loss, and what each of several payees gets. Empty where neither is.

    ``coordination``: the payments in their order; ``shares``: payee and fen. Plain data for the assessment section.
    """
    told: dict[str, Any] = {}
    if inputs.facts.get("payers"):
        made = _with_paid(inputs, assessment)
        told["coordination"] = {"loss_fen": made.loss_fen, "paid": [_plain(one) for one in made.paid]}
    shares = shares_of(inputs.facts, amount_fen=assessment.total_fen)
    if shares:
        told["shares"] = [{"payee_id": share.payee_id, "amount_fen": share.amount_fen} for share in shares]
    return told


def _with_paid(inputs: Inputs, assessment: Assessment) -> Coordination:
    """This claim's loss with what others paid before it; the amount was calculated with that set off already."""
    before = [
        Payer(id=f"{payer['id']}#{place}", kind=PayerKind.EXPENSE, due=_just(payer["paid_fen"]), place=place)
        for place, payer in enumerate(inputs.facts["payers"], start=1)
    ]
    own = Payer(id=inputs.terms.product_id, kind=_kind(inputs.terms), due=_just(assessment.total_fen), place=len(before) + 1)
    return benefit.coordinate(loss_fen=_loss(inputs.facts), payers=[*_on_bills(inputs.facts), *before, own])


def coordination_from(told: Mapping[str, Any]) -> Coordination:
    """The reverse of what ``told_of`` wrote."""
    paid = tuple(PaidBy(**{**one, "kind": PayerKind(one["kind"]), "reason": Reason(one["reason"])}) for one in told["paid"])
    return Coordination(told["loss_fen"], paid)


def _plain(one: PaidBy) -> dict[str, Any]:
    return {
        "payer_id": one.payer_id, "kind": one.kind.value, "due_fen": one.due_fen, "paid_fen": one.paid_fen,
        "paid_before_fen": one.paid_before_fen, "reason": one.reason.value,
    }  # fmt: skip
