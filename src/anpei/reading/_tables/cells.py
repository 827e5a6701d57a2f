"""Cells: the boxes of a row's cell to typed values, and what was read as one in neighbouring cells taken apart."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from anpei.kernel.money import Money
from anpei.reading import _values as values
from anpei.reading._sense.fields import Candidate
from anpei.reading._sense.lines import plain
from anpei.reading._sense.schema import ColumnSpec
from anpei.reading._sight.boxes import TextBox
from anpei.reading._tables.heads import IGNORED
from anpei.reading._values import Wanted

_DAY = re.compile(r"^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?$")
_SIZED = re.compile(
    r"^(.*[\u4e00-\u9fff)])((?:\d[\d.,]*(?:mg|ug|μg|kg|g|ml|mL|l|L|IU|iu|U|u|mm|cm|Fr|G|万单位|单位|片|粒|丸|袋|支|贴|%)[*x:/×]?)+(?:\d*[片粒丸袋支贴瓶盒])?)$"
)
_LONG_CODE = re.compile(r"^[A-Z]{0,3}\d[0-9A-Z]{9,27}$")
_QUANTITY = re.compile(r"^(-?[\d.OoIl]+)[/x*]?([^\d\s/].{0,7})?$")
_FLAG = re.compile(r"^(?:HH?|LL?|[↑↓]+|偏[高低])$")
"""A mark beside a result that says on which side of its range it lies."""

_SHORT = re.compile(r"^[A-Za-z][A-Za-z0-9%#\-]*$")
_UNIT = re.compile(r"^(?:[A-Za-zμµ%/][A-Za-z0-9μµ%/^*.]{0,11}|10\^\d{1,2}/\w{1,2})$")


def typed_cells(cells: Mapping[str, Sequence[TextBox]], specs: Mapping[str, ColumnSpec]) -> dict[str, Candidate]:
    """The typed values of a row's cells, without those of columns that are not read."""
    cells, row = _without_leading(cells)
    for name, boxes in cells.items():
        if name != IGNORED:
            row.update(typed_cell(name, specs[name], boxes))
    return row


def typed_cell(name: str, spec: ColumnSpec, boxes: Sequence[TextBox]) -> dict[str, Candidate]:
    """The typed value of a cell; number and unit in one cell (``2/盒``) give two."""
    raw = "".join(box.text for box in boxes)
    text, sure = plain(raw), math.prod(char.score for box in boxes for char in box.chars)
    if spec.type == "quantity":
        return _quantity(text, raw, tuple(boxes), sure)
    found = values.find(Wanted(spec.type, choices=spec.choices), text)
    return {} if found is None else {name: Candidate(found.value, raw, tuple(boxes), found.fit, sure)}


def _quantity(text: str, raw: str, boxes: tuple[TextBox, ...], sure: float) -> dict[str, Candidate]:
    match = _QUANTITY.match(text)
    if match is None:
        return {}
    number = values.find(Wanted("number"), match.group(1))
    row: dict[str, Candidate] = {}
    if number is not None:
        row["quantity"] = Candidate(number.value, raw, boxes, number.fit, sure)
    if match.group(2):
        row["unit"] = Candidate(match.group(2), raw, boxes, 0.9, sure)
    return row


def _without_leading(cells: Mapping[str, Sequence[TextBox]]) -> tuple[Mapping[str, Sequence[TextBox]], dict[str, Candidate]]:
    """A day or a code that stands before the name because its own head was not read."""
    boxes = list(cells.get("name", ()))
    found: dict[str, Candidate] = {}
    while len(boxes) > 1:
        text = plain(boxes[0].text)
        name = "charged_on" if _DAY.match(text) else "item_code" if _LONG_CODE.match(text) else None
        if name is None or name in cells:
            break
        value = values.find(Wanted("date" if name == "charged_on" else "code"), text)
        if value is not None:
            found[name] = Candidate(value.value, boxes[0].text, (boxes[0],), 0.8 * value.fit, boxes[0].score)
        boxes = boxes[1:]
    return ({**cells, "name": boxes}, found) if found else (cells, found)


def unmixed(row: Mapping[str, Candidate]) -> dict[str, Candidate]:
    """Number and price read as one (``618.00`` for 6 at 18.00), taken apart where only one way makes the amount."""
    if "quantity" in row or not {"unit_price", "amount"} <= set(row):
        return {}
    price, amount = row["unit_price"], Money.parse(row["amount"].value).fen
    found: list[tuple[str, str]] = []
    for size in range(1, min(4, price.value.find(".") - 1) + 1):
        number, rest = price.value[:size], price.value[size:]
        if rest[:1] != "." and int(number) and not re.search(r"\.\d{3}", rest) and int(number) * Money.parse(rest).fen == amount:
            found.append((number, rest))
    if len(found) != 1:
        return {}
    (number, rest) = found[0]
    return {"quantity": replace(price, value=number).weighed(0.9), "unit_price": replace(price, value=rest).weighed(0.9)}


def measured(cells: Mapping[str, Sequence[TextBox]]) -> Mapping[str, Sequence[TextBox]]:
    """The cells of a measurement without what stands beside them: marks (H, ↑) and the short name before the name (``WBC``)."""
    found = {name: [box for box in boxes if name == "result" or not _FLAG.match(plain(box.text))] for name, boxes in cells.items()}
    names = found.get("name", [])
    if len(names) > 1 and _SHORT.match(plain(names[0].text)) and any("\u4e00" <= char <= "\u9fff" for char in names[1].text):
        found["name"] = names[1:]
    elif names and (short := re.match(r"[A-Z][A-Z0-9%#\-]+(?=[\u4e00-\u9fff])", plain(names[0].text))):
        found["name"] = [names[0].cut(short.end(), len(names[0].chars)), *names[1:]]
    return {name: boxes for name, boxes in found.items() if boxes}


def unit_behind(row: Mapping[str, Candidate]) -> dict[str, Candidate]:
    """The unit that was read as one with the range before it (``3.50-9.5010^9/L``)."""
    behind = row.get("reference")
    if behind is None or "unit" in row:
        return {}
    text = plain(behind.text)
    found = values.find(Wanted("reference"), text)
    rest = text[found.end :].strip() if found is not None else ""
    unit = values.find(Wanted("unit"), rest) if _UNIT.match(rest) else None
    return {} if unit is None else {"unit": replace(behind, value=unit.value, text=rest).weighed(0.9)}


def parted(row: Mapping[str, Candidate]) -> dict[str, Candidate]:
    """Name and size of a cell that holds both (``注射用头孢曲松钠1.0g``)."""
    match = _SIZED.match(row["name"].value) if "name" in row else None
    if match is None:
        return {}
    name, size = match.groups()
    return {"name": replace(row["name"], value=name), "spec": replace(row["name"], value=size).weighed(0.9)}
