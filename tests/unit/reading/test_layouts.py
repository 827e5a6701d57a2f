"""Layouts as data: keys and the index over them, values at a fixed place from a word, heads of one form, the states of a layout."""

from itertools import pairwise

import pytest
from pydantic import ValidationError

from anpei.engines.knowledge import KnowledgeError
from anpei.reading._sense.interpret import Meaning, Told, interpret
from anpei.reading._sense.schema import ColumnChange, FieldChange, Knowledge, Layout, Title, check_layout
from anpei.reading._sight.boxes import TextBox, plain_box
from anpei.reading.layouts.forms import LayoutKeys, Region
from anpei.reading.layouts.index import CLOSE_LOOKS, KeyIndex, KindIndex, PageKeys, fit, page_keys
from anpei.reading.layouts.shadows import shadow_of
from anpei.reading.layouts.states import ALLOWED, LayoutMoveNotAllowed, LayoutState, move

Cell = tuple[str, float, float]


def box(text: str, x: float, y: float, *, size: float = 20) -> TextBox:
    return plain_box(text, x, y, x + sum(size / 2 if char.isascii() else size for char in text), y + 1.2 * size)


def layout(*, status: str = "live", keys: object = ("合计处",), **more: object) -> Layout:
    plain = {"id": "trial_form", "kind": "outpatient_receipt", "title": Title(zh="试", en="Trial"), "owner": "reading", "reference": "-"}
    return Layout.model_validate({**plain, "status": status, "keys": keys, **more})


def read(cells: list[Cell], knowledge: Knowledge, form: Layout | None, *, size: float = 20) -> Meaning:
    boxes = [box(text, x * size / 20, y * size / 20, size=size) for text, x, y in cells]
    return interpret(boxes, knowledge, source="ocr", place=lambda each: each, told=Told("outpatient_receipt", form))


def page(*lines: str, codes: tuple[str, ...] = ()) -> PageKeys:
    return PageKeys("\n".join(lines), codes)


def test_a_list_of_words_is_short_for_words_that_must_all_stand_there() -> None:
    assert layout(keys=["甲词", "乙词"]).keys == LayoutKeys(words=("甲词", "乙词"))
    assert layout(keys={"hospital": "临江医院"}).keys == LayoutKeys(hospital=("临江医院",))


@pytest.mark.parametrize("keys", [{}, {"words": [" "]}, {"receipt_code_prefix": "33x"}, {"town": ["临江"]}])
def test_keys_that_say_nothing_are_refused(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        layout(keys=keys)


@pytest.mark.parametrize(
    ("keys", "score"),
    [
        ({"words": ["票据代码", "校验码"]}, 7.0),
        ({"words": ["票据代码", "防伪码"]}, 0.0),
        ({"words": ["票据代玛"]}, 3.2),
        ({"hospital": ["云川市第二医院", "云川市第一医院"]}, 7.0),
        ({"hospital": ["云川市第一医院"]}, 0.0),
        ({"hospital": ["云川市第二医浣"]}, 5.6),
        ({"receipt_code_prefix": ["3306", "3301"]}, 4.0),
        ({"receipt_code_prefix": ["3302"], "words": ["票据代码"]}, 0.0),
    ],
)
def test_every_stated_kind_of_key_must_hold(keys: dict[str, object], score: float) -> None:
    here = page("票据代码:33060126 校验码:7d3c9a", "云川市第二医院", codes=("33060126",))
    assert fit(LayoutKeys.model_validate(keys), here) == pytest.approx(score)


def test_receipt_codes_are_the_numbers_behind_their_labels() -> None:
    keys = page_keys(["票据代码:33060126票据号码:0215278697", "电话:13800000000"], ["票据代码", "代码"])
    assert keys.codes == ("33060126",)
    assert page_keys(["票据代码:33060126"], []).codes == ()


def many(count: int) -> list[LayoutKeys]:
    """Layouts as they are in a large library: the same words everywhere, one rare name each."""
    signs = [chr(0x4E00 + 3 * number) for number in range(count + 2)]
    return [LayoutKeys(words=("票据代码", "交款人"), hospital=(f"{signs[i]}{signs[i + 1]}{signs[i + 2]}县人民医院",)) for i in range(count)]


def test_of_thousands_of_layouts_a_few_are_looked_at() -> None:
    keys = many(3000)
    index = KeyIndex(keys)
    here = page("票据代码:33060126 交款人:某某", keys[1234].hospital[0])
    assert index.candidates(here)[0] == 1234
    assert len(index.candidates(here)) <= CLOSE_LOOKS
    assert index.best(here) == 1234
    assert index.best(page("票据代码:33060126 交款人:某某", "别处的医院")) is None


def test_a_misread_character_does_not_hide_a_layout() -> None:
    keys = [LayoutKeys(words=("凭条流水编号", "就医人员称呼")), *many(200)]
    assert KeyIndex(keys).best(page("凭条流木编号:1", "就医人员称呼:某某")) == 0
    assert KeyIndex(keys).best(page("凭条流木编导:1", "就医人员称呼:某某")) is None


def test_the_layout_with_most_key_characters_wins_within_its_kind() -> None:
    index = KindIndex(
        [
            ("a", LayoutKeys(words=("凭条流水",))),
            ("b", LayoutKeys(words=("凭条流水", "就医人"))),
            ("a", LayoutKeys(words=("凭条流水", "就医人"))),
        ]
    )
    assert index.best("a", page("凭条流水", "就医人")) == 2
    assert index.best("b", page("凭条流水", "就医人")) == 1
    assert index.best("a", page("凭条流水")) == 0
    assert (index.has("a"), index.has("c"), index.best("c", page("凭条流水"))) == (True, False, None)


FORM = [("票据处", 40.0, 40.0), ("合计处", 60.0, 200.0), ("268.40", 400.0, 260.0), ("31.00", 400.0, 340.0)]
PLACE = FieldChange(regions=(Region(anchor="合计处", box=(15.0, 2.0, 30.0, 4.0)),))


@pytest.mark.parametrize("size", [20, 45])
def test_a_value_is_read_at_its_place_from_a_word_whatever_the_size(size: float, knowledge: Knowledge) -> None:
    assert "total_amount" not in read(FORM, knowledge, None, size=size).fields
    found = read(FORM, knowledge, layout(fields={"total_amount": PLACE}), size=size).fields["total_amount"]
    assert (found.value, found.box is not None) == ("268.40", True)


def test_a_region_without_its_word_reads_nothing(knowledge: Knowledge) -> None:
    without = [cell for cell in FORM if cell[0] != "合计处"]
    assert "total_amount" not in read(without, knowledge, layout(fields={"total_amount": PLACE})).fields


def test_a_layout_gives_a_column_another_head(knowledge: Knowledge) -> None:
    cells = [("所做各项", 40.0, 40.0), ("各收若干", 400.0, 40.0), ("血常规", 40.0, 80.0), ("20.00", 400.0, 80.0)]
    cells += [("尿常规", 40.0, 120.0), ("15.00", 400.0, 120.0)]
    assert read(cells, knowledge, None).rows == ()
    columns = {"name": ColumnChange(heads=("所做各项",)), "amount": ColumnChange(heads=("各收若干",))}
    rows = read(cells, knowledge, layout(columns=columns)).rows
    assert [(row["name"].value, row["amount"].value) for row in rows] == [("血常规", "20.00"), ("尿常规", "15.00")]


def test_a_head_that_a_layout_gives_to_one_column_no_other_has(knowledge: Knowledge) -> None:
    columns = knowledge.columns_of("outpatient_receipt", layout(columns={"name": ColumnChange(heads=("金额",))}))
    assert columns["name"].heads[0] == "金额"
    assert "金额" not in columns["amount"].heads
    assert "金额" in knowledge.columns_of("outpatient_receipt", None)["amount"].heads


def test_a_shadow_layout_changes_nothing_and_says_what_it_would(knowledge: Knowledge) -> None:
    trial = layout(status="shadow", fields={"total_amount": PLACE})
    with_shadow = knowledge.with_layouts(live=knowledge.layouts, shadows=(trial,))
    boxes = [box("门诊收费票据", 300, 0), *(box(*cell) for cell in FORM)]
    meaning = interpret(boxes, with_shadow, source="ocr", place=lambda each: each)
    assert (meaning.layout, meaning.fields) == ("", interpret(boxes, knowledge, source="ocr", place=lambda each: each).fields)
    (shadow,) = shadow_of(boxes, with_shadow, meaning, source="ocr", place=lambda each: each)
    assert (shadow.layout, shadow.fields, shadow.rows_differ) == ("trial_form", {"total_amount": (None, "268.40")}, False)
    assert shadow_of(boxes, knowledge, meaning, source="ocr", place=lambda each: each) == ()
    live = interpret(boxes, knowledge.with_layouts(live=(trial,)), source="ocr", place=lambda each: each)
    assert (live.layout, live.fields["total_amount"].value) == ("trial_form", "268.40")


def test_the_index_follows_other_layouts(knowledge: Knowledge) -> None:
    assert knowledge.live_index.has("fee_list") is False
    assert knowledge.with_layouts(live=(layout(kind="fee_list"),)).live_index.has("fee_list") is True


def test_a_layout_that_speaks_of_strange_things_is_refused(knowledge: Knowledge) -> None:
    with pytest.raises(KnowledgeError, match="shoe_size"):
        check_layout(layout(fields={"shoe_size": FieldChange(labels=("鞋码",))}), knowledge.kinds)
    with pytest.raises(KnowledgeError, match="no kind 'shoe_bill'"):
        check_layout(layout(kind="shoe_bill"), knowledge.kinds)
    check_layout(layout(kind="shoe_bill", status="draft"), knowledge.kinds)


def test_a_life_has_one_direction() -> None:
    walk = [LayoutState.DRAFT, LayoutState.SHADOW, LayoutState.LIVE, LayoutState.RETIRED]
    assert [move("form", old, new) for old, new in pairwise(walk)] == walk[1:]
    assert ALLOWED[LayoutState.RETIRED] == frozenset()
    with pytest.raises(LayoutMoveNotAllowed, match=r"layout form is draft; from there it can become retired, shadow, not live"):
        move("form", LayoutState.DRAFT, LayoutState.LIVE)
