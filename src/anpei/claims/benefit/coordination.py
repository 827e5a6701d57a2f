"""Several payers for one loss (多份保单与社保的协调): who pays what and why. Pure; integers only.

Expense benefits follow the legal order and together never pass the loss (费用补偿原则; 保险法 56 for double insurance of one thing: in
proportion to the sums insured). Fixed benefits (death, disability, critical illness, allowance) are paid whatever else was paid.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from anpei.claims.benefit._form import BenefitInvalid, check_amount
from anpei.kernel.money import Money, split


class PayerKind(StrEnum):
    """Who pays. The order of the members is the legal order of expense payments; fixed benefits stand outside of it.

    After a traffic accident compulsory insurance pays first, then who is liable (道路交通安全法 76); what a third party has to bear is not
    paid by social insurance (社会保险法 30); expense policies pay what is left after all of these.
    """

    COMPULSORY = "compulsory"
    LIABLE = "liable"
    SOCIAL = "social"
    EXPENSE = "expense"
    FIXED = "fixed"


class Reason(StrEnum):
    """Why a payer pays what it pays."""

    FULL = "full"
    REST = "rest"
    PROPORTION = "proportion"
    NOTHING_LEFT = "nothing_left"
    NOTHING_DUE = "nothing_due"
    FIXED = "fixed"


Due = Callable[[int], int]
"""What a payer owes when others have paid so many fen before it: ``lambda paid: assess(...).total_fen`` with that payment set off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """One policy, fund or person that owes something.

    ``place``: the order among commercial expense policies (the insured's choice, or the terms'); those of one place share in
    proportion to ``sum_insured_fen``.
    """

    id: str
    kind: PayerKind
    due: Due
    place: int = 0
    sum_insured_fen: int = 0


@dataclass(frozen=True, slots=True)
class PaidBy:
    """What one payer pays: what it owed at its turn, what it pays, what others had paid before, and the reason."""

    payer_id: str
    kind: PayerKind
    due_fen: int
    paid_fen: int
    paid_before_fen: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Coordination:
    """The payments in their order, the loss, and what stays with the insured."""

    loss_fen: int
    paid: tuple[PaidBy, ...]

    @property
    def expense_fen(self) -> int:
        """What all expense payers pay together: at most the loss."""
        return sum(one.paid_fen for one in self.paid if one.kind is not PayerKind.FIXED)

    @property
    def fixed_fen(self) -> int:
        """What fixed benefits pay."""
        return sum(one.paid_fen for one in self.paid if one.kind is PayerKind.FIXED)

    @property
    def borne_fen(self) -> int:
        """What nobody pays."""
        return self.loss_fen - self.expense_fen


def coordinate(*, loss_fen: int, payers: Sequence[Payer]) -> Coordination:
    """Let all payers pay in the legal order: compulsory insurance, who is liable, social insurance, then expense policies by place.

    Amounts in fen. Raises BenefitInvalid (an id twice, a negative amount). Depends on nothing but its arguments.
    """
    check_amount("the loss", loss_fen)
    if len({payer.id for payer in payers}) != len(payers):
        raise BenefitInvalid("two payers have one id: hand in each once")
    paid: list[PaidBy] = []
    before = 0
    order = {kind: index for index, kind in enumerate(PayerKind)}
    turns = sorted(
        {(order[p.kind], p.place if p.kind is PayerKind.EXPENSE else 0, p.kind) for p in payers if p.kind is not PayerKind.FIXED}
    )
    for _, place, kind in turns:
        group = [p for p in payers if p.kind is kind and (kind is not PayerKind.EXPENSE or p.place == place)]
        made = _turn(sorted(group, key=lambda p: p.id), rest=loss_fen - before, before=before)
        paid += made
        before += sum(one.paid_fen for one in made)
    for payer in sorted((p for p in payers if p.kind is PayerKind.FIXED), key=lambda p: p.id):
        amount = _due(payer, 0)
        paid.append(PaidBy(payer.id, payer.kind, amount, amount, 0, Reason.FIXED))
    return Coordination(loss_fen, tuple(paid))


def _due(payer: Payer, before: int) -> int:
    amount = payer.due(before)
    check_amount(f"what {payer.id} owes", amount)
    return amount


def _turn(group: Sequence[Payer], *, rest: int, before: int) -> list[PaidBy]:
    """Payers of one turn: a single one pays what it owes of the rest; several share it, none above what it owes."""
    due = [_due(payer, before) for payer in group]
    whole = min(sum(due), rest)
    shares = _level(whole, due=due, weights=[payer.sum_insured_fen or 1 for payer in group])
    return [
        PaidBy(payer.id, payer.kind, owed, share, before, _reason(owed, share, rest=rest, several=len(group) > 1))
        for payer, owed, share in zip(group, due, shares, strict=True)
    ]


def _level(whole: int, *, due: Sequence[int], weights: Sequence[int]) -> list[int]:
    """Share by weight; what one would get above its due goes to the others, until all is shared."""
    shares = [0] * len(due)
    left = whole
    while left > 0:
        open_ = [weight if share < owed else 0 for weight, share, owed in zip(weights, shares, due, strict=True)]
        parts = [money.fen for money in split(amount=Money(left), weights=open_)]
        shares = [min(share + part, owed) for share, part, owed in zip(shares, parts, due, strict=True)]
        left = whole - sum(shares)
    return shares


def _reason(due: int, paid: int, *, rest: int, several: bool) -> Reason:
    if due == 0:
        return Reason.NOTHING_DUE
    if rest == 0:
        return Reason.NOTHING_LEFT
    if paid == due:
        return Reason.FULL
    return Reason.PROPORTION if several else Reason.REST


_KINDS = {
    PayerKind.LIABLE: ("责任人", "who is liable"),
    PayerKind.SOCIAL: ("基本医疗保险", "social insurance"),
    PayerKind.COMPULSORY: ("交强险", "compulsory insurance"),
    PayerKind.EXPENSE: ("费用补偿型保险", "expense insurance"),
    PayerKind.FIXED: ("定额给付型保险", "fixed benefit"),
}
_REASONS = {
    Reason.FULL: ("按其应付金额全额赔付", "pays all that it owes"),
    Reason.REST: ("各方赔付合计不超过实际损失，只付余额", "pays the rest only, because all together never pass the loss"),
    Reason.PROPORTION: (
        "同一顺位的保险按保险金额比例分摊（保险法第五十六条）",
        "shares in proportion to the sums insured with those of the same place (Insurance Law, article 56)",
    ),
    Reason.NOTHING_LEFT: ("损失已由前面各方赔足，不再赔付", "pays nothing, because the loss is paid already"),
    Reason.NOTHING_DUE: ("按其条款没有应付金额", "owes nothing under its terms"),
    Reason.FIXED: ("定额给付，与其他赔付无关", "is paid as agreed, whatever others paid"),
}


def explain_coordination(result: Coordination, *, lang: str = "zh") -> list[str]:
    """Who paid what and why, in order, and what stays with the insured."""
    en = lang == "en"

    def yuan(fen: int) -> str:
        return Money(fen).decimal()

    told = [f"Loss: ¥{yuan(result.loss_fen)}." if en else f"实际损失{yuan(result.loss_fen)}元。"]
    for one in result.paid:
        kind, why = _KINDS[one.kind][en], _REASONS[one.reason][en]
        if en:
            told.append(
                f"{kind} {one.payer_id}: ¥{yuan(one.paid_fen)} (owed ¥{yuan(one.due_fen)}; before it ¥{yuan(one.paid_before_fen)}); {why}."
            )
        else:
            told.append(
                f"{kind}{one.payer_id}：{yuan(one.paid_fen)}元（应付{yuan(one.due_fen)}元，此前已付{yuan(one.paid_before_fen)}元）；{why}。"
            )
    told.append(f"Left with the insured: ¥{yuan(result.borne_fen)}." if en else f"由被保险人自行承担{yuan(result.borne_fen)}元。")
    return told
