"""Every kind exists in both sets; what is drawn stays on the sheet, does not overlap, and is what the truth says."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from PIL.ImageDraw import ImageDraw

from anpei.samples import pages
from anpei.samples.drawing.sheet import DOTS_PER_MM, Mark, Sheet, font
from anpei.samples.layouts import LAYOUTS, layouts_of
from anpei.samples.world.dice import dice
from anpei.samples.world.documents import KINDS

SEEDS = range(4)


@dataclass(frozen=True)
class Drawn:
    """What a sheet remembers of itself, without its pixels."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    shown: Mapping[str, str]
    shown_rows: tuple[Mapping[str, str], ...]


@contextmanager
def no_ink() -> Iterator[None]:
    """Characters leave no pixels; everything else, chance included, goes its way."""

    def nothing(*_: Any, **__: Any) -> None:
        return None

    def dotted(sheet: Sheet, *_: Any, **__: Any) -> None:
        sheet.rng.getrandbits(32)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ImageDraw, "text", nothing)
        patched.setattr(Sheet, "_dotted", dotted)
        yield


def with_ink(layout_id: str, seed: int) -> tuple[Drawn, ...]:
    rng = dice("layout test", seed, layout_id)
    layout = LAYOUTS[layout_id]
    sheets = layout.draw(pages.document_for(layout, rng), rng)
    return tuple(
        Drawn(one.width, one.height, tuple(replace(mark, picture=None) for mark in one.marks), one.shown, tuple(one.shown_rows))
        for one in sheets
    )


@cache
def drawn(layout_id: str, seed: int) -> tuple[Drawn, ...]:
    """Drawn once for all tests: the first seed whole, the others without the pixels of characters, at which nobody looks here."""
    if seed == SEEDS[0]:
        return with_ink(layout_id, seed)
    with no_ink():
        return with_ink(layout_id, seed)


@cache
def length(text: str, pixels: int, face: int) -> float:
    return font(pixels, face).getlength(text)


def place(mark: Mark) -> tuple[float, float, float, float]:
    width = length(mark.text, round(mark.pen.size * DOTS_PER_MM), mark.pen.face) + mark.pen.spacing * (len(mark.text) - 1)
    return mark.x, mark.y, mark.x + width / DOTS_PER_MM, mark.y + mark.pen.size * 0.9


def texts(sheet: Drawn) -> list[Mark]:
    return [mark for mark in sheet.marks if mark.kind == "text" and mark.text.strip()]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_two_layouts_in_each_set(kind: str) -> None:
    assert len(layouts_of(kind, "known")) >= 2
    assert len(layouts_of(kind, "heldback")) >= 2


@pytest.mark.parametrize("kind", ["blank", "unknown"])
def test_other_pages_exist_in_each_set(kind: str) -> None:
    assert len(layouts_of(kind, "known")) == 1
    assert len(layouts_of(kind, "heldback")) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_where_things_stand_does_not_depend_on_their_ink(kind: str) -> None:
    layout_id = layouts_of(kind, "known")[0].id
    assert drawn(layout_id, 1) == with_ink(layout_id, 1)


@pytest.mark.parametrize("layout_id", sorted(LAYOUTS))
def test_text_stays_on_the_sheet_and_apart(layout_id: str) -> None:
    for seed in SEEDS:
        for sheet in drawn(layout_id, seed):
            places = [(place(mark), mark.text) for mark in texts(sheet)]
            for index, (here, text) in enumerate(places):
                assert here[0] > 2, text
                assert here[2] < sheet.width - 2, text
                assert here[3] < sheet.height - 1, text
                for other, beside in places[index + 1 :]:
                    across = min(here[2], other[2]) - max(here[0], other[0])
                    down = min(here[3], other[3]) - max(here[1], other[1])
                    assert across < 0.2 or down < 0.5 or text == beside, (text, beside)


@pytest.mark.parametrize("layout_id", sorted(LAYOUTS.keys() - {"id_card/heldback-b"}))  # that one is a copy, a picture only
def test_the_truth_was_drawn(layout_id: str) -> None:
    for sheet in drawn(layout_id, 1):
        written = "".join(mark.text for mark in sheet.marks).replace(" ", "")
        for name, value in sheet.shown.items():
            if name in {"total_upper", "birth_on"} or name.endswith("_on") or value.count("-") == 2:
                continue
            assert value in written or value in written.replace(",", ""), name
        for row in sheet.shown_rows:
            assert row.get("name", "") in written


@pytest.mark.parametrize("layout_id", [entry.id for entry in LAYOUTS.values() if entry.kind.endswith("receipt")])
def test_receipts_add_up(layout_id: str) -> None:
    for seed in SEEDS:
        (sheet,) = drawn(layout_id, seed)
        money = {name: Decimal(value) for name, value in sheet.shown.items() if value.count(".") == 1 and value.replace(".", "").isdigit()}
        own = money["self_paid"] + money["own_expense"]
        assert money["total_amount"] == money["pooled_fund"] + money["other_payment"] + own
        assert money["personal_account"] + money["personal_cash"] == own
        assert money["total_upper"] == money["total_amount"]
        assert sum(Decimal(row["amount"]) for row in sheet.shown_rows) == money["total_amount"]


@pytest.mark.parametrize("layout_id", [entry.id for entry in LAYOUTS.values() if entry.kind == "settlement_sheet"])
def test_settlement_sheets_add_up(layout_id: str) -> None:
    (sheet,) = drawn(layout_id, 2)
    parts = ("pooled_fund", "serious_illness_fund", "other_payment", "self_paid", "own_expense")
    assert Decimal(sheet.shown["total_amount"]) == sum(Decimal(sheet.shown[name]) for name in parts)


@pytest.mark.parametrize("layout_id", [entry.id for entry in LAYOUTS.values() if entry.kind == "fee_list"])
def test_fee_lists_add_up_over_their_pages(layout_id: str) -> None:
    for seed in range(5):
        sheets = drawn(layout_id, seed)
        rows = [row for sheet in sheets for row in sheet.shown_rows]
        assert sheets[-1].shown["total_amount"] == str(sum(Decimal(row["amount"]) for row in rows))
        assert all(Decimal(row["quantity"]) * Decimal(row["unit_price"]) == Decimal(row["amount"]) for row in rows)
        assert [sheet.shown["page_no"] for sheet in sheets] == [str(number) for number in range(1, len(sheets) + 1)]
        assert {sheet.shown["page_count"] for sheet in sheets} == {str(len(sheets))}
        assert all("total_amount" not in sheet.shown for sheet in sheets[:-1])
