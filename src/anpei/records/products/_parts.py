"""The parts of terms: frozen plain data. A field with a default is left out of the plain form while it holds that default."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

GRADES = ("未定级", "一级", "二级", "三级")
"""Hospital levels from low to high (医疗机构评审); ``三级甲等`` counts as ``三级``."""

BILL_FACTS = {
    "total": ("费用总额", "total"),
    "pooled": ("统筹基金支付", "paid by the pooled fund"),
    "serious_illness": ("大病保险支付", "paid by serious-illness insurance"),
    "other_payment": ("其他途径已支付", "paid by others"),
    "self_paid": ("个人自付", "self-paid"),
    "own_expense": ("个人自费", "own expense"),
    "lines_inside": ("甲类、乙类明细合计", "class A and B lines"),
    "lines_outside": ("丙类明细合计", "class C lines"),
    "lines_not_covered": ("不在保障范围的明细合计", "lines not covered"),
}
"""The facts of a bill that a step may use (fen), with their Chinese and English names."""

BILL_FLAGS = ("settled_by_social", "social_insurance", "inpatient")
"""The yes/no facts of a bill: settled by social insurance; the insured is insured as a member of it; the bill is of a hospital stay."""

FLAG_TITLES = {
    "settled_by_social": ("经医保结算", "settled by social insurance"),
    "social_insurance": ("以医保身份投保", "insured as a member of social insurance"),
    "inpatient": ("住院", "hospital stay"),
}
DAY_TITLES = {"service_on": ("就诊日或入院日", "day of the visit or admission")}
EVENT_TITLES = {"event_on": ("出险日", "day of the event"), "policy_start_on": ("保单生效日", "first day of the policy")}
FIXED = {"nothing": 0, "full_rate": 10_000}
"""Names that stand for themselves: nothing at all (in any unit), and 100 %."""
FIXED_TITLES = {"nothing": ("零", "nothing"), "full_rate": ("全额", "the whole")}

Said = tuple[tuple[str, str], ...]
"""A text by language, as sorted pairs: ``(("en", …), ("zh", …))``."""


def grade_level(grade: str) -> int:
    """The place of a hospital grade in ``GRADES``; an unknown or empty grade is the lowest."""
    return next((level for level, name in enumerate(GRADES) if grade.startswith(name)), 0)


def said(text: Said, lang: str) -> str:
    """A text in a language; Chinese when that language is absent."""
    texts = dict(text)
    return texts.get(lang) or texts.get("zh", "")


def text_of(data: Mapping[str, str]) -> Said:
    """A text by language from a mapping."""
    return tuple(sorted((str(lang), str(text)) for lang, text in data.items()))


RANGES = {"grade": (1, 10), "flag": (0, 1)}
"""The least and the largest fact of a unit; of all others, 0 and 10 to the 14th."""


def whole_of(value: int | str, *, unit: str, words: Sequence[str] = ()) -> int | None:
    """A fact in plain form as the whole number that steps work with: days by their number, words by their place; a text has none.

    Raises ValueError with what would be right.
    """
    if unit == "text":
        return None
    if unit == "date":
        return date.fromisoformat(str(value)).toordinal()
    if unit.startswith("code:"):
        if value not in words:
            raise ValueError(f"{value!r} is none of {', '.join(words)}")
        return list(words).index(str(value))
    least, most = RANGES.get(unit, (0, 10**14))
    if not isinstance(value, int) or not least <= value <= most or (isinstance(value, bool) and unit != "flag"):
        raise ValueError(f"{value!r} is no {unit} (a whole number from {least})")
    return int(value)


@dataclass(frozen=True, slots=True)
class Case:
    """One alternative of an operand: ``name`` is used when the yes/no fact ``when`` holds (empty: always)."""

    when: str
    name: str


@dataclass(frozen=True, slots=True)
class Operand:
    """One input of a step: its role in the operation, and where the value comes from (the first case that holds)."""

    role: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class StepTerms:
    """One step of the calculation as data.

    ``each`` is the level it is done for: ``bill``, ``visit``, ``event`` or a declared list. ``consumes`` names the accumulator that is
    used up. ``unit`` is the unit of the output (``docs/products.md``). ``when`` and ``unless`` name yes/no values: where they do not
    hold, the output is zero. ``settings`` are the choices of the operation (which table, which comparison), as sorted pairs.
    """

    id: str
    do: str
    each: str
    title: Said
    clause: str
    operands: tuple[Operand, ...]
    output: str
    consumes: str
    rounding: str
    say: Said
    unit: str = "fen"
    when: str = ""
    unless: str = ""
    settings: tuple[tuple[str, str | int], ...] = ()

    def setting(self, name: str) -> str | int:
        """One choice of the operation. Raises KeyError."""
        return dict(self.settings)[name]


@dataclass(frozen=True, slots=True)
class AccumulatorTerms:
    """What is counted over claims: a deductible, a limit or a count, per policy year, day, event or life.

    ``total`` names the parameter or the output of an earlier step that is the whole; ``per`` names a text of a row (a drug, a disease):
    then each has a whole of its own. ``unit`` is that of a deductible or limit; a ``count`` counts payments.
    """

    name: str
    kind: str
    period: str
    total: str
    title: Said
    per: str = ""
    unit: str = "fen"


@dataclass(frozen=True, slots=True)
class BenefitLine:
    """One line of the result: which coverage, what was claimed, what is payable before the caps.

    ``each`` names a list: one line for each of its rows. ``basis`` is ``expense`` (never above ``loss``) or ``fixed``. ``part_of`` names
    the amount that this line shares with its like, when a deductible or cap belongs to some lines only (empty: the rest of the total).
    """

    id: str
    coverage: str
    title: Said
    claimed: str
    payable: str
    each: str = ""
    basis: str = "expense"
    loss: str = ""
    part_of: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """One coverage (险种责任) with its clause."""

    id: str
    title: Said
    clause: str


@dataclass(frozen=True, slots=True)
class DocumentWanted:
    """One required document: any of the kinds will do; ``why`` says it to the customer; ``only_if`` names a condition (empty: always)."""

    any_of: tuple[str, ...]
    why: Said
    only_if: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One exclusion (责任免除) by diagnosis: the ICD-10 prefixes that point to it. Only a person applies it."""

    id: str
    title: Said
    clause: str
    icd_prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventDocuments:
    """The documents that an event kind needs."""

    event_kind: str
    documents: tuple[DocumentWanted, ...]


@dataclass(frozen=True, slots=True)
class HospitalTerms:
    """Which hospitals are eligible."""

    ownership: tuple[str, ...]
    min_grade: str
    ward: str

    def accepts(self, *, ownership: str, grade: str) -> bool:
        """Whether a hospital of this ownership and grade is eligible."""
        return ownership in self.ownership and grade_level(grade) >= grade_level(self.min_grade)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of the plan: ``unit`` is ``yuan`` (value in fen), ``bp`` (basis points), ``count`` or ``measure`` (thousandths)."""

    name: str
    unit: str
    value: int
    title: Said


@dataclass(frozen=True, slots=True)
class InputTerms:
    """A fact that the product asks for beside bills. ``unit``: fen, bp, count, measure, date, grade, flag, ``code:NAME`` or text.

    ``of`` is ``event`` or the list whose rows carry it. ``given`` is the value where the evidence says nothing (None: it must be given).
    ``source`` is where it comes from: ``policy``, ``papers`` or ``bills``.
    """

    name: str
    of: str
    unit: str
    title: Said
    given: int | None
    source: str


@dataclass(frozen=True, slots=True)
class ListTerms:
    """A list of rows (victims, animals, stays). ``source`` is ``bills`` where its rows are made from the bills of the claim."""

    name: str
    title: Said
    source: str


@dataclass(frozen=True, slots=True)
class CodeTerms:
    """A closed list of words with titles; a value is the place in it."""

    name: str
    options: tuple[tuple[str, Said], ...]


@dataclass(frozen=True, slots=True)
class TableTerms:
    """A table: key -> value, both whole numbers. ``band``: the row of the largest key that is not above the one asked for."""

    name: str
    title: Said
    key: str
    unit: str
    band: bool
    rows: tuple[tuple[int, int], ...]

    def look_up(self, key: int) -> int | None:
        """The value for a key; None when the table has no row for it."""
        if not self.band:
            return dict(self.rows).get(key)
        below = [value for at, value in self.rows if at <= key]
        return below[-1] if below else None
