"""Several policies for one loss: the legal order over the bills of a claim (社保、多份保单的赔付顺序). Pure.

Social insurance comes first (its part stands on the bills), then expense policies one after another in the order in which they were
claimed: each is calculated by ``benefit.assess`` with what others paid set off, so that all together never pass the loss. Fixed benefits
(death, disability, illness, allowance) are paid whatever others pay.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from anpei.claims import benefit
from anpei.claims.benefit import Coordination, Payer, PayerKind, Share
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


def coordinate_inputs(policies: Sequence[Inputs], *, known: Sequence[tuple[str, int]] = ()) -> Coordination:
    """One loss (the bills of the first) under several policies in their order, after social insurance. Amounts in fen.

    ``known``: what policies before these paid of the bills, by id. A policy that cannot be calculated from these facts owes nothing
    here. The ids are those of the products, numbered where one stands twice.
    """
    facts = policies[0].facts
    loss = sum(bill["total_fen"] or 0 for bill in facts["bills"])
    social = sum((bill["pooled_fen"] or 0) + (bill["serious_illness_fen"] or 0) for bill in facts["bills"])
    elsewhere = sum(bill["other_payment_fen"] or 0 for bill in facts["bills"])
    payers = [Payer(id=SOCIAL, kind=PayerKind.SOCIAL, due=_just(social))] if social else []
    payers += [Payer(id=ELSEWHERE, kind=PayerKind.EXPENSE, due=_just(elsewhere))] if elsewhere else []
    payers += [Payer(id=name, kind=PayerKind.EXPENSE, due=_just(paid), place=place) for place, (name, paid) in enumerate(known, start=1)]
    for place, inputs in enumerate(policies, start=len(known) + 1):
        kind = PayerKind.FIXED if is_fixed(inputs.terms) else PayerKind.EXPENSE
        name = inputs.terms.product_id
        id_ = name if all(payer.id != name for payer in payers) else f"{name}#{place}"
        payers.append(Payer(id=id_, kind=kind, due=_due(inputs, on_bills=social + elsewhere), place=place))
    return benefit.coordinate(loss_fen=loss, payers=payers)


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
    named = facts.get("payees") or ()
    if len(named) < 2 or amount_fen == 0:  # one payee takes all
        return ()
    return benefit.share_among(amount_fen=amount_fen, payees=[benefit.Payee(**payee) for payee in named])
