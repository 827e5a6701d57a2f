"""Column heads: the line, or part of a line, that names most columns; and the lines under it that are the table's."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from rapidfuzz.distance import Levenshtein

from anpei.reading._sense.labels import SURE, Hit, Sheet, value_start
from anpei.reading._sense.lines import GAP, Line, plain
from anpei.reading._sense.schema import ColumnSpec
from anpei.reading._sight.boxes import TextBox

IGNORED = "ignore"
"""The column of heads that are known but not read (remarks, running numbers)."""

KEYS = frozenset({"ear_tag", "party_name"})
"""Columns that make a row of tables without amounts and names of items."""

Found = tuple[int, int, str]
"""A head in a line: its characters (from, to) and the word it is."""

_END = re.compile(
    r"^(?:本页|费用|金额|总|应收|医疗费)*(?:合计|小计|总计|总额|总费用|总金额)|^[\u4e00-\u9fff]{1,6}小计|^合计[\u4e00-\u9fff]{1,4}:|^(?:金额)?合计\(?大写|^其他信息|^备注:|^大写|^共计"
    r"|^(?:检[验测](?:[者人员师]|:)|(?:审核|核对)(?:[者人员]|:)|报告(?:者|人|时间|日期)|(?:采样|采集|接收|送检|打印)(?:时间|日期)|(?:审核|调配|核对|发药|审方)药师|处方医师|医师[:签])"
)
_CAPITALS = re.compile(r"人民币|大写|[零壹贰叁肆伍陆柒捌玖拾佰仟]{2,}[万元圆]")
_SUBTOTAL = re.compile(r"^(?:[\u4e00-\u9fff]{0,6}小计|合计|共计)")
_GROUP = re.compile(r"^(?:\[[^\[\]]{2,10}\]|[一二三四五六七八九十]、.{2,10}|[\u4e00-\u9fff]{1,6}费):?$")
AMOUNT = re.compile(r"^-?¥?[\d,]+\.\d{2}元?$")
"""A box that is an amount and nothing else."""

_LEADING_AMOUNT = re.compile(r"-?¥?[\d,]+\.\d{2}")
WHOLLY = 0.75
"""Share of a line that names of columns take up when it is one more head."""

AHEAD = 3
"""How many lines behind a subtotal may stand before the table goes on."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column as found on the page: its name, type and the place of its head. ``group`` counts side-by-side tables, ``joint``
    says that its cells hold another column's value, too (``项目名称/规格``).
    """

    name: str
    spec: ColumnSpec
    group: int
    x0: float
    x1: float
    joint: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """The line of column heads: its number, the columns, and the part of the page's width that is the table's."""

    line: int
    columns: tuple[Column, ...]
    left: float
    right: float

    @property
    def kinds(self) -> frozenset[str]:
        """The names of its columns."""
        return frozenset(column.name for column in self.columns)

    @property
    def detailed(self) -> bool:
        """Whether it names so many columns that a lone word under it is no row."""
        return len({column.name for column in self.columns}) > 3


def _words(columns: Mapping[str, ColumnSpec]) -> "re.Pattern[str]":
    words = sorted({plain(head) for spec in columns.values() for head in spec.heads}, key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in words))


def find_heads(lines: Sequence[Line], columns: Mapping[str, ColumnSpec]) -> list[Head]:
    """The heads of the page's tables from the top: the line, or part of a line, that names most columns, and other lines that are
    hardly anything but names of columns (a list of parts above one of labour, a head printed again).
    """
    words = _words(columns)
    found: dict[int, tuple[float, float, Head]] = {}
    names = {plain(word): name for name, spec in reversed(list(columns.items())) for word in spec.heads}
    for index, line in enumerate(lines):
        for run in _runs(line, words, names):
            head = _head_of(index, line, run, columns, names)
            covered = sum(end - start for start, end, _ in run) / max(1, len(line.text))
            score = len(head.kinds) + covered - 0.001 * index
            if len(head.kinds) >= 2 and head.kinds & {"amount", "name", *KEYS} and score > found.get(index, (0.0,))[0]:
                found[index] = (score, covered, head)
    if not found:
        return []
    best = max(found.values(), key=lambda each: each[0])[2]
    return [head for _, (_, covered, head) in sorted(found.items()) if head is best or (covered >= WHOLLY and _is_another(head, best))]


def _is_another(head: Head, best: Head) -> bool:
    """Whether a head is that of one more table of the sort of the best one."""
    return head.line != best.line and len(head.kinds) >= 3 and bool(head.kinds & {"name", *KEYS}) and len(head.kinds & best.kinds) >= 2


def partner_of(head: Head, lines: Sequence[Line], columns: Mapping[str, ColumnSpec]) -> Head | None:
    """The second line of a head whose rows take two lines each (name and class, then price, number and amount), or None."""
    if head.line + 1 >= len(lines) or "amount" in head.kinds or "name" not in head.kinds:
        return None
    words = _words(columns)
    names = {plain(word): name for name, spec in reversed(list(columns.items())) for word in spec.heads}
    for run in _runs(lines[head.line + 1], words, names):
        lower = _head_of(head.line + 1, lines[head.line + 1], run, columns, names)
        if "amount" in lower.kinds and len(lower.kinds) >= 2 and not (lower.kinds & head.kinds) - {IGNORED}:
            return lower
    return None


def _runs(line: Line, words: "re.Pattern[str]", names: Mapping[str, str]) -> list[list[Found]]:
    """Heads that follow one another with next to nothing between them."""
    runs: list[list[Found]] = []
    for start, end, word in _heads_in(line, words, names):
        between = line.text[runs[-1][-1][1] : start] if runs else ""
        if runs and len(re.sub(r"[\W_]", "", between)) <= 2:
            runs[-1].append((start, end, word))
        else:
            runs.append([(start, end, word)])
    return runs


def _heads_in(line: Line, words: "re.Pattern[str]", names: Mapping[str, str]) -> list[Found]:
    """The heads in a line: exact ones, two heads that only look like one cut apart, and whole boxes with one misread character."""
    found: list[Found] = []
    for match in words.finditer(line.text):
        start, end, word = match.start(), match.end(), match.group(0)
        cut = next((i for i in range(start + 1, end) if line.gaps[i] > GAP / 2), None)
        if cut is not None and line.text[start:cut] in names and line.text[cut:end] in names:
            found += [(start, cut, line.text[start:cut]), (cut, end, line.text[cut:end])]
        else:
            found.append((start, end, word))
    if len(found) < 2:
        return found
    taken = {i for start, end, _ in found for i in range(start, end)}
    start = 0
    for box in line.boxes:
        end = start + len(box.chars)
        text = line.text[start:end]
        if len(text) >= 3 and taken.isdisjoint(range(start, end)):
            near = next((word for word in names if Levenshtein.distance(text, word, score_cutoff=1) <= 1 and len(word) >= 3), None)
            if near is not None:
                found.append((start, end, near))
        start = end
    return sorted(found)


def _head_of(index: int, line: Line, run: Sequence[Found], columns: Mapping[str, ColumnSpec], names: Mapping[str, str]) -> Head:
    found: list[Column] = []
    for start, end, word in run:
        parts = line.cut(start, end)
        name = names[word]
        seen = 0 if name == IGNORED else sum(column.name == name for column in found)
        group = max(seen, found[-1].group if found else 0)
        joint = name == "name" and any(plain(head) in word for head in columns["spec"].heads) if "spec" in columns else False
        found.append(Column(name, columns[name], group, min(p.x0 for p in parts), max(p.x1 for p in parts), joint))
    left, right = _limits(line, run[0][0], run[-1][1])
    return Head(index, tuple(found), left, right)


def _limits(line: Line, start: int, end: int) -> tuple[float, float]:
    """Where the table ends when labels with values stand beside its heads; else it is as wide as the page."""
    before = [i + 1 for i in range(start) if line.text[i] == ":"]
    after = next((i for i in range(end, len(line.text)) if line.text[i] == ":"), None)
    left, right = float("-inf"), float("inf")
    if before:
        left = line.cut(start - 1, start)[0].x1
    if after is not None:
        first = next(i for i in range(end, after + 1) if line.text[i].isalnum() or i == after)
        right = line.cut(first, first + 1)[0].x0 - 0.5 * line.height
    return left, right


def body_of(sheet: Sheet, head: Head, until: int | None = None) -> dict[int, list[TextBox]]:
    """The boxes of the table by line: from under its head to a total, a wide empty space or the line ``until`` (the next head).

    Lines that name a group of rows, and subtotals behind which the table goes on, are the table's but hold no box of it.
    """
    found: dict[int, list[TextBox]] = {}
    previous = sheet.lines[head.line].y
    steps: list[float] = []
    for index in range(head.line + 1, len(sheet.lines) if until is None else until):
        boxes = _inside(sheet.lines[index], head)
        if not boxes:
            continue
        y, height = sum(box.centre[1] for box in boxes) / len(boxes), boxes[0].height
        usual = float(np.median(steps)) if steps else 2.5 * height
        far = y - previous > max(3.5 * usual, 6 * height)
        text = _text(boxes)
        between = bool(_SUBTOTAL.search(text)) and _goes_on(sheet, head, index)
        ended = _END.search(text) or _CAPITALS.search(sheet.lines[index].text) or sheet.labelled(index, head.left, head.right)
        if far or (ended and not between):
            break
        found[index] = [] if between or (head.detailed and len(boxes) == 1 and _GROUP.match(text)) else boxes
        if y - previous > 0.5 * height:
            steps.append(y - previous)
        previous = y
    return found


def _goes_on(sheet: Sheet, head: Head, index: int) -> bool:
    """Whether a line soon behind a subtotal is a row again: it fills half the columns, one of them with an amount."""
    for after in range(index + 1, min(index + 1 + AHEAD, len(sheet.lines))):
        boxes = _inside(sheet.lines[after], head)
        if boxes and (sheet.labelled(after, head.left, head.right) or _END.search(_text(boxes))):
            return False
        if len(boxes) >= max(2, len(head.columns) / 2) and any(AMOUNT.match(plain(box.text)) for box in boxes):
            return True
    return False


def beside_panels(sheet: Sheet, head: Head) -> Head:
    """The head without the panels of labels and values that stand left or right of its table."""
    first, last = min(column.x0 for column in head.columns), max(column.x1 for column in head.columns)
    lefts: list[float] = []
    rights: list[float] = []
    for hit in sheet.hits:
        if hit.line <= head.line or hit.sure < SURE or not hit.targets:
            continue
        line = sheet.lines[hit.line]
        label = line.cut(hit.start, hit.end)
        if label[0].x0 > last + label[0].height:
            rights.append(label[0].x0 - 0.5 * label[0].height)
        elif label[-1].x1 < first:
            end = _end(line, hit)
            lefts += [end] if end is not None and end < first else []
    left = max(head.left, *lefts) if len(lefts) > 1 else head.left
    right = min(head.right, *rights) if len(rights) > 1 else head.right
    return replace(head, left=left, right=right)


def with_amounts(head: Head, body: Mapping[int, Sequence[TextBox]], columns: Mapping[str, ColumnSpec]) -> Head:
    """The head with a column of amounts where none was read but most lines have an amount between two heads, or behind the last."""
    if "amount" not in columns or any(column.name == "amount" for column in head.columns):
        return head
    found: dict[int, list[TextBox]] = {}
    for boxes in body.values():
        for box in boxes:
            if AMOUNT.match(plain(box.text)) and not any(column.x0 < box.x1 and box.x0 < column.x1 for column in head.columns):
                found.setdefault(sum(column.x1 <= box.x0 for column in head.columns), []).append(box)
    at, boxes = max(found.items(), key=lambda each: (len(each[1]), each[0]), default=(0, []))
    if len(boxes) < max(2, 0.5 * len(body)):
        return head
    group = head.columns[min(at, len(head.columns) - 1)].group
    x0, x1 = min(box.x0 for box in boxes), max(box.x1 for box in boxes)
    return replace(head, columns=(*head.columns[:at], Column("amount", columns["amount"], group, x0, x1), *head.columns[at:]))


def _end(line: Line, hit: Hit) -> float | None:
    """Where the amount right behind a label ends; None when none follows it."""
    start = value_start(line, hit.end, len(line.text))
    match = _LEADING_AMOUNT.match(line.text, start)
    return line.cut(start, match.end())[-1].x1 if match else None


def _inside(line: Line, head: Head) -> list[TextBox]:
    return [box for box in line.boxes if head.left < box.centre[0] < head.right]


def _text(boxes: Sequence[TextBox]) -> str:
    return plain("".join(box.text for box in boxes))
