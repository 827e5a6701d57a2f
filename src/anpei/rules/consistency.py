"""Consistency (一致性检查): what is wrong between rows, found in one pass over rows sorted by subject. Pure; nothing is changed.

Each row is looked at once, and compared with the other rows of its subject and template and with those whose prefix starts its subject;
memory holds one subject and the prefixes it lies under, so that the pass goes on for any number of rows.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby, pairwise

from anpei.kernel.canonical import canonical
from anpei.kernel.errors import InvalidInput
from anpei.rules.model import RuleRow, Shape, Status, Value, plain
from anpei.rules.patterns import KnownCodes, pattern_of
from anpei.rules.templates.fitting import parameter_problem
from anpei.rules.templates.forms import Range
from anpei.rules.templates.template import Template

EARLIEST = date(1990, 1, 1)
"""Rows from before are taken for slips of the pen: there were no such catalogues."""


Clash = Callable[[tuple[str, ...], tuple[Value, ...], tuple[Value, ...]], tuple[str, str] | None]
"""Names of parameters and their values in two rows -> what is wrong between them, in both languages; None when nothing is."""


class Code(StrEnum):
    """What can be wrong. Errors: the rows cannot be right. The others are questions to whoever keeps the rows."""

    TEMPLATE = "template_unknown"
    PARAMETERS = "parameters"
    PERIOD = "period"
    EMPTY_RANGE = "empty_range"
    CONTRADICTION = "contradiction"
    OPPOSITE = "opposite"
    EARLY = "early"
    UNKNOWN_CODE = "code_unknown"
    LIMITS = "limits_differ"
    OVERLAP = "overlap"
    GAP = "gap"
    INTERVALS_OVERLAP = "intervals_overlap"
    INTERVALS_GAP = "intervals_gap"


ERRORS = frozenset({Code.TEMPLATE, Code.PARAMETERS, Code.PERIOD, Code.EMPTY_RANGE, Code.CONTRADICTION})


class NotSorted(InvalidInput):
    """The rows do not come sorted by subject."""

    code = "rules.rows_not_sorted"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong: the row, or both rows, and what in both languages."""

    code: Code
    subject: str
    template_id: str
    rule_ids: tuple[str, ...]
    zh: str
    en: str

    @property
    def is_error(self) -> bool:
        """Whether the rows cannot be right as they are."""
        return self.code in ERRORS


@dataclass(slots=True)
class Tally:
    """What a pass has seen: rows, rows without an end (open-ended; that is no fault), issues by code."""

    rows: int = 0
    open_ended: int = 0
    issues: Counter[Code] = field(default_factory=Counter)

    @property
    def has_errors(self) -> bool:
        """Whether some rows cannot be right."""
        return any(code in ERRORS for code in self.issues)


def check_rows(
    rows: Iterable[RuleRow], *, templates: Mapping[str, Template], known: KnownCodes | None = None, tally: Tally | None = None
) -> Iterator[Issue]:
    """The issues of rows sorted by subject (``sort_key``), as they are found. ``tally`` is filled on the way. Raises NotSorted."""
    count = Tally() if tally is None else tally
    above: list[tuple[str, list[RuleRow]]] = []
    before = ""
    for subject, group in groupby(rows, key=lambda row: row.subject):
        if sort_key(subject) < sort_key(before):
            raise NotSorted(f"the rows of {subject} come after those of {before}: sort the rows by subject first")
        before = subject
        ours = [row for row in group if row.status is not Status.RETIRED]
        count.rows += len(ours)
        count.open_ended += sum(row.valid_to is None for row in ours)
        pattern = pattern_of(subject)
        own = subject if pattern.prefix is None else pattern.prefix
        while above and not own.startswith(above[-1][0]):
            above.pop()
        for issue in _issues(ours, [row for _, part in above for row in part], templates, known):
            count.issues[issue.code] += 1
            yield issue
        if pattern.prefix is not None and not pattern.word:
            above.append((pattern.prefix, ours))


def sort_key(subject: str) -> tuple[str, int]:
    """The order in which rows must come: a prefix before all that it starts (``C0345*``, then ``C0345``, then ``C03451``)."""
    pattern = pattern_of(subject)
    return (subject, 1) if pattern.prefix is None else (pattern.prefix, 2 if pattern.word else 0)


def _issues(
    rows: Sequence[RuleRow], above: Sequence[RuleRow], templates: Mapping[str, Template], known: KnownCodes | None
) -> Iterator[Issue]:
    by_template: dict[str, list[RuleRow]] = {}
    for row in rows:
        template = templates.get(row.template_id)
        if template is None:
            yield _issue(Code.TEMPLATE, (row,), f"没有模板 {row.template_id}", f"there is no template {row.template_id}")
            continue
        yield from _row_issues(row, template, known)
        by_template.setdefault(row.template_id, []).append(row)
    yield from _opposite(by_template, templates)
    for template_id, ours in sorted(by_template.items()):
        template = templates[template_id]
        yield from _validity_issues(ours)
        wider = [row for row in above if row.template_id == template_id]
        for status in (Status.LIVE, Status.SHADOW, Status.DRAFT) if len(ours) + len(wider) > 1 else ():
            same = [row for row in ours if row.status is status]
            if same:
                yield from _conflicts(template, same, [row for row in wider if row.status is status])
                if template.file.shape is Shape.INTERVAL:
                    yield from _interval_issues(template, same)


# --- one row -------------------------------------------------------------------------------------------------------


def _row_issues(row: RuleRow, template: Template, known: KnownCodes | None) -> Iterator[Issue]:
    problem = parameter_problem(template, row.parameters)
    if problem is not None:
        yield _issue(Code.PARAMETERS, (row,), f"参数不符合模板：{problem}", problem)
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        zh, en = f"止于 {row.valid_to}，不晚于起始日 {row.valid_from}", f"ends on {row.valid_to}, not after its start on {row.valid_from}"
        yield _issue(Code.PERIOD, (row,), zh, en)
    if row.valid_from < EARLIEST:
        zh, en = f"起始日 {row.valid_from} 早于 {EARLIEST}", f"starts on {row.valid_from}, before {EARLIEST}"
        yield _issue(Code.EARLY, (row,), zh, en)
    for ends in _ranges(template):
        low, high = row.parameters.get(ends.low), row.parameters.get(ends.high)
        if isinstance(low, int) and isinstance(high, int) and low > high:
            zh, en = f"下限 {low} 大于上限 {high}", f"the lower end {low} is above the upper end {high}"
            yield _issue(Code.EMPTY_RANGE, (row,), zh, en)
    if known is not None:
        other = row.parameters.get(template.file.join) if template.file.join is not None else None
        for text in (row.subject, other):
            if isinstance(text, str) and not known.has(text):
                yield _issue(Code.UNKNOWN_CODE, (row,), f"已知编码中没有 {text}", f"no known code is {text}")


def _ranges(template: Template) -> list[Range]:
    interval, conflicts = template.file.interval, template.file.conflicts
    found = [] if interval is None else [Range(low=interval.low, high=interval.high)]
    return found if conflicts is None else found + conflicts.ranges


# --- the same statement over time ----------------------------------------------------------------------------------


def _validity_issues(rows: Sequence[RuleRow]) -> Iterator[Issue]:
    """One statement twice at a time, or with a pause between (each row with the one before it)."""
    statements: dict[bytes, list[RuleRow]] = {}
    for row in rows if len(rows) > 1 else ():
        statements.setdefault(canonical([plain(row.parameters), row.status.value]), []).append(row)
    for same in statements.values():
        in_order = sorted(same, key=lambda row: (row.valid_from, row.rule_id))
        longest = in_order[0]
        for row in in_order[1:]:
            if longest.valid_to is None or row.valid_from < longest.valid_to:
                zh, en = f"同一内容自 {row.valid_from} 起重叠", f"the same statement overlaps from {row.valid_from} on"
                yield _issue(Code.OVERLAP, (longest, row), zh, en)
            elif row.valid_from > longest.valid_to:
                zh = f"同一内容在 {longest.valid_to} 至 {row.valid_from} 之间中断"
                yield _issue(Code.GAP, (longest, row), zh, f"the same statement pauses from {longest.valid_to} to {row.valid_from}")
            if longest.valid_to is not None and (row.valid_to is None or row.valid_to > longest.valid_to):
                longest = row


# --- rows that exclude each other ----------------------------------------------------------------------------------


def _conflicts(template: Template, rows: Sequence[RuleRow], wider: Sequence[RuleRow]) -> Iterator[Issue]:
    """Rows of one subject with each other, and with those of the prefixes it lies under. Each row with the first that it meets."""
    said = template.file.conflicts
    if said is None:
        return
    for name in said.differ:
        yield from _pairs(rows, wider, Code.CONTRADICTION, (name,), _differ)
    for ends in said.ranges:
        yield from _pairs(rows, wider, Code.CONTRADICTION, (ends.low, ends.high), _apart)
    for name in said.limits:
        yield from _pairs(rows, wider, Code.LIMITS, (name,), _differ)


def _pairs(rows: Sequence[RuleRow], wider: Sequence[RuleRow], code: Code, names: tuple[str, ...], clash: Clash) -> Iterator[Issue]:
    """Each row with the first that it clashes with. Of rows with equal values only the one that lasts longest is kept to compare with."""
    own = {row.rule_id for row in rows}
    held: dict[tuple[Value, ...], RuleRow] = {}
    for row in sorted((*wider, *rows), key=lambda row: (row.valid_from, row.rule_id)):
        values = tuple(row.parameters.get(name) for name in names)
        held = {key: other for key, other in held.items() if _together(other, row)}
        for key, other in held.items():
            found = clash(names, key, values) if row.rule_id in own or other.rule_id in own else None
            if found is not None:
                yield _issue(code, (other, row), *found)
                break
        rival = held.get(values)
        if rival is None or (rival.valid_to is not None and (row.valid_to is None or row.valid_to > rival.valid_to)):
            held[values] = row


def _opposite(by_template: Mapping[str, Sequence[RuleRow]], templates: Mapping[str, Template]) -> Iterator[Issue]:
    """Rows by which a subject must come with an other, and rows by which it must not come with the same (its alternatives may do)."""
    wanted: dict[str, list[RuleRow]] = {}
    for template_id, rows in sorted(by_template.items()):
        if templates[template_id].file.shape is Shape.ABSENT:
            for row in rows:
                wanted.setdefault(_joined(row, templates), []).append(row)
    for template_id, rows in sorted(by_template.items()) if wanted else ():
        if templates[template_id].file.shape is Shape.MEMBER:
            for row in rows:
                text = _joined(row, templates)
                other = next((one for one in wanted.get(text, ()) if one.status is row.status and _together(one, row)), None)
                if other is not None:
                    zh, en = f"既要有 {text}，又不得有 {text}", f"{text} must be there and must not be there"
                    yield _issue(Code.OPPOSITE, (other, row), zh, en)


def _joined(row: RuleRow, templates: Mapping[str, Template]) -> str:
    return str(row.parameters.get(str(templates[row.template_id].file.join)))


def _together(a: RuleRow, b: RuleRow) -> bool:
    """Whether two rows are in force on some common day."""
    return (a.valid_to is None or b.valid_from < a.valid_to) and (b.valid_to is None or a.valid_from < b.valid_to)


def _differ(names: tuple[str, ...], first: tuple[Value, ...], second: tuple[Value, ...]) -> tuple[str, str] | None:
    (name,), (one,), (two,) = names, first, second
    if one is None or two is None or one == two:
        return None
    return f"{name} 同时为 {one} 和 {two}", f"{name} is {one} and {two} at once"


def _apart(names: tuple[str, ...], first: tuple[Value, ...], second: tuple[Value, ...]) -> tuple[str, str] | None:
    for low, high in ((first[0], second[1]), (second[0], first[1])):
        if isinstance(low, int) and isinstance(high, int) and low > high:
            return f"{names[0]} {low} 与 {names[1]} {high} 不能同时满足", f"{names[0]} {low} and {names[1]} {high} cannot both hold"
    return None


def _interval_issues(template: Template, rows: Sequence[RuleRow]) -> Iterator[Issue]:
    """Intervals that overlap, or leave a gap to the next, among rows in force at once."""
    interval = template.file.interval
    if interval is None:
        return
    placed = sorted(rows, key=lambda row: (_end(row, interval.low, -1), row.rule_id))
    for first, second in pairwise(placed):
        if _together(first, second):
            high, low = first.parameters.get(interval.high), _end(second, interval.low, -1)
            if not isinstance(high, int) or low <= high:
                zh, en = f"区间重叠：自 {max(low, 0)} 起", f"the intervals overlap from {max(low, 0)} on"
                yield _issue(Code.INTERVALS_OVERLAP, (first, second), zh, en)
            elif low > high + 1:
                zh, en = f"区间中断：{high + 1} 至 {low - 1}", f"no interval holds {high + 1} to {low - 1}"
                yield _issue(Code.INTERVALS_GAP, (first, second), zh, en)


def _end(row: RuleRow, name: str, otherwise: int) -> int:
    value = row.parameters.get(name)
    return value if isinstance(value, int) else otherwise


def _issue(code: Code, rows: tuple[RuleRow, ...], zh: str, en: str) -> Issue:
    return Issue(code, rows[-1].subject, rows[-1].template_id, tuple(row.rule_id for row in rows), zh, en)
