"""Which changes would matter most: a search over a closed list, each change calculated by the functions of the claim line. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from anpei.claims.benefit import Accumulators
from anpei.claims.what_if.forecast import Case, Evaluate, Forecast
from anpei.engines.knowledge import KnowledgeError, Rulebook
from anpei.kernel.money import Money
from anpei.records.policies.periods import period_key
from anpei.records.products.model import Terms, said

MOST = 3
"""Changes that an answer offers."""


class Setting(BaseModel):
    """A column of declared rows that a person can choose, and what it would be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: str
    name: str
    value: bool


class Change(BaseModel):
    """One change of the closed list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    do: Literal["hospital", "declared", "social", "item", "wait", "deductible", "plan"]
    planned: bool
    set: Setting | None = None
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str


class Like(BaseModel):
    """Items of these fee categories are of one kind when their codes begin with the same signs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fee_categories: frozenset[str]
    signs: int


class ChangesFile(BaseModel):
    """The file ``changes.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int
    owner: str
    reference: str
    valid_from: str
    in_question: tuple[str, ...]
    like: tuple[Like, ...]
    changes: tuple[Change, ...]

    def signs_alike(self, fee_category: str) -> int | None:
        """How many first signs of a code tell one kind of item in this fee category; None: nothing of it may be replaced."""
        return next((like.signs for like in self.like if fee_category in like.fee_categories), None)


def load_changes(rulebook: Rulebook) -> ChangesFile:
    """Read ``changes.yaml``; an id that stands twice is an error."""
    file = rulebook.load("changes.yaml", ChangesFile)
    ids = [change.id for change in file.changes]
    if len(set(ids)) != len(ids):
        raise KnowledgeError("changes.yaml: an id stands twice; keep one")
    return file


@dataclass(frozen=True, slots=True)
class Instead:
    """A covered item that may take the place of a line."""

    line: str
    name: str
    code: str
    item: str


@dataclass(frozen=True, slots=True)
class Around:
    """What changes may draw on: the day on which is asked, a hospital that the clause accepts, covered items, other plans."""

    today: date
    hospital: tuple[str, str] | None
    instead: tuple[Instead, ...]
    plans: tuple[Terms, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A changed case with the words for its sentence."""

    case: Case
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change brings: the forecast under it, the gain in fen, and its words."""

    change: Change
    forecast: Forecast
    gain_fen: int
    words: Mapping[str, str]

    def title(self, lang: str) -> str:
        """What the change is."""
        return str(getattr(self.change, f"title_{lang}"))

    def text(self, lang: str) -> str:
        """The change in one plain sentence."""
        amounts = {"amount": Money(self.forecast.sure_fen).decimal(), "gain": Money(self.gain_fen).decimal()}
        own = {
            name.removesuffix(f"_{lang}"): word
            for name, word in self.words.items()
            if not name.endswith(("_zh", "_en")) or name.endswith(lang)
        }
        return str(getattr(self.change, f"text_{lang}")).format(**own, **amounts)


def most_important(*, now: Forecast, around: Around, file: ChangesFile, evaluate: Evaluate) -> tuple[Difference, ...]:
    """The changes that bring most, the largest gain first, of each kind its best one; changes that bring nothing are left out."""
    is_planned = date.fromisoformat(now.case.facts["event"]["occurred_on"]) >= around.today
    found: list[Difference] = []
    for change in file.changes:
        if change.planned and not is_planned:
            continue
        candidates = _chosen(now, change.set) if change.do == "declared" else _CANDIDATES[change.do](now, around)
        tried = [(evaluate(one.case), one.words) for one in candidates]
        gains = [Difference(change, then, then.sure_fen - now.sure_fen, words) for then, words in tried]
        best = max(gains, key=lambda difference: difference.gain_fen, default=None)
        if best is not None and best.gain_fen > 0:
            found.append(best)
    order = {change.id: place for place, change in enumerate(file.changes)}
    return tuple(sorted(found, key=lambda one: (-one.gain_fen, order[one.change.id]))[:MOST])


def _with_bills(case: Case, change: Callable[[dict[str, Any]], dict[str, Any]], **event: Any) -> Case:
    facts = {**case.facts, "bills": [change(bill) for bill in case.facts["bills"]], "event": {**case.facts["event"], **event}}
    return replace(case, facts=facts)


def _chosen(now: Forecast, setting: Setting | None) -> Iterator[Candidate]:
    """All declared rows with another value of one column."""
    declared = now.case.facts.get("declared", {})
    rows = declared.get(setting.rows, ()) if setting is not None else ()
    if setting is None or not any(setting.name in row and row[setting.name] != setting.value for row in rows):
        return
    changed = [{**row, setting.name: setting.value} for row in rows]
    yield Candidate(replace(now.case, facts={**now.case.facts, "declared": {**declared, setting.rows: changed}}), {})


def _hospital(now: Forecast, around: Around) -> Iterator[Candidate]:
    """All bills from one hospital that the clause accepts."""
    doubted = {item.code for item in now.outputs.findings} & {"hospital.not_eligible", "rule.provider_grade", "rule.region"}
    if around.hospital is not None and doubted:
        name, grade = around.hospital
        yield Candidate(_with_bills(now.case, lambda bill: {**bill, "hospital": name}, hospital=name), {"hospital": name, "grade": grade})


def _social(now: Forecast, around: Around) -> Iterator[Candidate]:
    """Settled by social insurance as if its fund paid nothing: what is inside the catalogue is self-paid, the rest own expense."""
    if not now.case.facts["policy"]["social_insurance"]:
        return
    open_ = [bill for bill in now.case.facts["bills"] if bill["settled_by_social"] is False]
    split = {bill["bill_id"]: _inside(bill, now) for bill in open_}
    if open_ and None not in split.values():
        yield Candidate(_with_bills(now.case, lambda bill: _settled(bill, split)), {})


def _settled(bill: dict[str, Any], split: Mapping[str, int | None]) -> dict[str, Any]:
    inside = split.get(bill["bill_id"])
    if inside is None:
        return bill
    own = bill["total_fen"] - (bill["other_payment_fen"] or 0)
    self_paid = min(inside, own)
    return {**bill, "settled_by_social": True, "insurance_type": "", "self_paid_fen": self_paid, "own_expense_fen": own - self_paid}


def _inside(bill: Mapping[str, Any], now: Forecast) -> int | None:
    """What of a bill lies inside the catalogue (fen); None while a line has no class."""
    classes = [_class(bill, line, now) for line in bill["lines"]]
    if None in classes:
        return None
    return sum(int(line["amount_fen"]) for line, found in zip(bill["lines"], classes, strict=True) if found in ("A", "B"))


def _class(bill: Mapping[str, Any], line: Mapping[str, Any], now: Forecast) -> str | None:
    item = now.inputs.items.get(f"{bill['bill_id']}/{line['line_id']}") or {}
    found: str | None = (item.get("payload") or {}).get("class") or line["insurance_class"]
    return found


def _item(now: Forecast, around: Around) -> Iterator[Candidate]:
    """A line outside the catalogue replaced by a covered item of its kind, at the same price."""
    for swap in around.instead:

        def swapped(bill: dict[str, Any], swap: Instead = swap) -> dict[str, Any]:
            lines = [_line(bill, line, swap) for line in bill["lines"]]
            moved = sum(old["amount_fen"] for old, new in zip(bill["lines"], lines, strict=True) if old is not new)
            if bill["settled_by_social"] and bill["own_expense_fen"] is not None and bill["self_paid_fen"] is not None:
                moved = min(moved, bill["own_expense_fen"])
                return {
                    **bill, "lines": lines, "own_expense_fen": bill["own_expense_fen"] - moved,
                    "self_paid_fen": bill["self_paid_fen"] + moved,
                }  # fmt: skip
            return {**bill, "lines": lines}

        yield Candidate(_with_bills(now.case, swapped), {"item": swap.item, "instead": swap.name})


def _line(bill: Mapping[str, Any], line: dict[str, Any], swap: Instead) -> dict[str, Any]:
    own = f"{bill['bill_id']}/{line['line_id']}" == swap.line
    return {**line, "name": swap.name, "item_code": swap.code, "insurance_class": None} if own else line


def _wait(now: Forecast, around: Around) -> Iterator[Candidate]:
    """Everything moved to the first day after the waiting period."""
    if "cover.waiting_period" not in {item.code for item in now.outputs.findings}:
        return
    policy = now.case.facts["policy"]
    first = date.fromisoformat(min(policy["first_covered_on"] or policy["start_on"], policy["start_on"]))
    until = first + timedelta(days=now.case.terms.waiting_days)
    by = until - date.fromisoformat(now.case.facts["event"]["occurred_on"])

    def moved(bill: dict[str, Any]) -> dict[str, Any]:
        days = ("service_on", "admitted_on", "discharged_on")
        later = {name: (date.fromisoformat(bill[name]) + by).isoformat() for name in days if bill[name]}
        return {**bill, **later, "lines": [{**line, "charged_on": None} for line in bill["lines"]]}

    later = _with_bills(now.case, moved, occurred_on=until.isoformat())
    declared = _later(now.case.facts.get("declared", {}), now.case.terms, by)
    yield Candidate(replace(later, facts={**later.facts, "declared": declared}), {"day": until.isoformat()})


def _later(declared: Mapping[str, Any], terms: Terms, by: timedelta) -> dict[str, Any]:
    """The declared facts with every day that lies in the event's own hands moved; days of the policy stay."""
    days = {(item.of, item.name) for item in terms.inputs if item.unit == "date" and item.source != "policy"}

    def moved(level: str, name: str, value: Any) -> Any:
        return (date.fromisoformat(value) + by).isoformat() if (level, name) in days and value else value

    return {
        name: [{column: moved(name, column, cell) for column, cell in row.items()} for row in value]
        if isinstance(value, list)
        else moved("event", name, value)
        for name, value in declared.items()
    }


def _deductible(now: Forecast, around: Around) -> Iterator[Candidate]:
    """All deductibles that count over a policy year used up, as they will be by more bills of the year."""
    case = now.case
    start, day = case.accumulators.policy_start_on, date.fromisoformat(case.facts["event"]["occurred_on"])
    used = {(use.name, use.period_key): use.used for use in case.accumulators.used}
    whole = {
        (one.name, period_key(period=one.period, start_on=start, day=day)): case.terms.values[one.total]
        for one in case.terms.accumulators
        if one.kind == "deductible" and one.period == "policy_year" and not one.per and one.total in case.terms.values
    }
    if whole and any(used.get(key, 0) < total for key, total in whole.items()):
        yield Candidate(replace(case, accumulators=Accumulators.of(policy_start_on=start, used=used | whole)), {})


def _plan(now: Forecast, around: Around) -> Iterator[Candidate]:
    """The same under each other plan of the product."""
    for terms in around.plans:
        facts = {**now.case.facts, "product": {"id": terms.product_id, "plan": terms.plan}}
        words = {"plan_zh": said(terms.plan_title, "zh"), "plan_en": said(terms.plan_title, "en")}
        yield Candidate(replace(now.case, facts=facts, terms=terms), words)


_CANDIDATES: Mapping[str, Callable[[Forecast, Around], Iterator[Candidate]]] = {
    "hospital": _hospital, "social": _social, "item": _item, "wait": _wait, "deductible": _deductible, "plan": _plan,
}  # fmt: skip
