"""Exactness: what counts as right, how shares and confusions are added up, and the command that measures."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from click.testing import CliRunner

from anpei.engines.knowledge import shipped_rulebook
from anpei.entrypoints.cli.main import cli
from anpei.reading import FieldReading, PageReading, Quality
from anpei.reading.kinds import load_kinds
from anpei.samples.drawing.effects import EFFECTS
from anpei.samples.exactness.compare import Tally, distance_within
from anpei.samples.exactness.measure import CONDITIONS, NothingToMeasure, Plan
from anpei.samples.exactness.report import calibration, confusion, exactness, percentile, report, table
from anpei.samples.exactness.score import Cost, PageScore, Value, score, usable
from anpei.samples.pages import Page, UnknownSet

KINDS = load_kinds(shipped_rulebook())
COST = Cost(read=1.0, early=0.1, decode=0.03, memory=500_000_000)
LIST = Page(
    data=b"",
    kind="fee_list",
    layout="fee_list/known-a",
    set="known",
    effect="phone",
    fields={"patient_name": "余春霞", "total_amount": "30.00"},
    rows=(
        {"name": "血常规（五分类）", "quantity": "1", "amount": "20.00", "unit": "次"},
        {"name": "挂号费", "quantity": "1", "amount": "10.00"},
    ),
)


def field(value: str, confidence: float = 0.97) -> FieldReading:
    return FieldReading(value, value, confidence, None, "ocr")


def reading(fields: Mapping[str, FieldReading], rows: tuple[Mapping[str, FieldReading], ...] = (), kind: str = "fee_list") -> PageReading:
    return PageReading(
        file="", page=1, kind=kind, kind_confidence=1.0, layout="", quality=Quality(True), fields=fields, rows=rows, width=1, height=1,
        rotation=0, fingerprint="", image_hash="", seconds=0.0, source="ocr",
    )  # fmt: skip


def scored(page: Page, read: PageReading) -> PageScore:
    return score(page, read, early=Quality(True), kind=KINDS.get(page.kind), cost=COST)


def test_a_value_is_right_to_the_letter_whatever_the_width_of_its_signs() -> None:
    told = scored(LIST, reading({"patient_name": field("余 春霞"), "total_amount": field("３０.００", 0.6), "qr_amount": field("1")}))
    assert [(value.name, value.right, value.confidence) for value in told.values] == [
        ("patient_name", True, 0.97),
        ("total_amount", True, 0.6),
    ]
    assert told.kind_right
    assert told.unproved == 0


def test_what_is_not_stated_is_wrong_and_what_the_truth_does_not_know_is_counted_apart() -> None:
    told = scored(LIST, reading({"patient_name": field("余春"), "age": field("34"), "ward": field("3", 0.5)}, kind="unknown"))
    assert [(value.right, value.confidence) for value in told.values] == [(False, 0.97), (False, None)]
    assert not told.kind_right
    assert told.unproved == 1


def test_rows_are_matched_by_likeness_and_each_read_row_is_used_once() -> None:
    registration = {"name": field("挂号费"), "quantity": field("1"), "amount": field("10.00")}
    blood = {"name": field("血常规(五分类)"), "quantity": field("1"), "amount": field("20.00"), "unit": field("项")}
    told = scored(LIST, reading({}, (registration, blood)))
    assert [(row.exact, row.core, row.whole) for row in told.rows] == [(True, True, False), (True, True, True)]
    only = scored(LIST, reading({}, (registration,)))
    assert [row.exact for row in only.rows] == [False, True]


def test_required_fields_are_those_of_the_kind_and_of_the_sides_of_a_card() -> None:
    card = replace(LIST, kind="id_card", fields={"name": "余春霞", "nation": "汉"}, rows=())
    assert {value.name: value.required for value in scored(card, reading({})).values} == {"name": True, "nation": False}


def test_a_blank_page_is_never_usable_and_others_are_as_their_condition_says() -> None:
    assert [usable(replace(LIST, effect=effect)) for effect in ("phone", "cut", "motion", "pdf")] == [True, False, None, True]
    assert usable(replace(LIST, kind="blank")) is False
    assert scored(replace(LIST, kind="blank", fields={}, rows=()), reading({}, kind="unknown")).kind_right


def page_score(effect: str, *, said: bool, right: bool = True, confidence: float = 0.97) -> PageScore:
    return PageScore(
        kind="fee_list", layout="fee_list/known-a", effect=effect, kind_right=True, usable=EFFECTS[effect].usable, said=Quality(said),
        early=Quality(True), values=(Value("total_amount", True, True, right, confidence),), rows=(), unproved=0, cost=COST,
    )  # fmt: skip


def test_the_confusion_counts_people_against_the_machine() -> None:
    scores = [
        *(page_score("cut", said=said) for said in (False, False, True)),
        *(page_score("phone", said=said) for said in (True, True, True, False)),
        page_score("motion", said=False),
    ]
    told = confusion(scores, lambda each: each.said)
    assert (told["unusable_pages"], told["unusable_caught"], told["usable_pages"], told["usable_refused"]) == (3, 0.6667, 4, 0.25)
    assert told["caught_by_condition"] == {"cut": 0.6667}
    assert confusion(scores, lambda each: each.early)["unusable_caught"] == 0.0


def test_exactness_leaves_unusable_pages_out_and_calibration_does_not() -> None:
    plan = Plan("known", 7, ("phone", "cut"))
    scores = [page_score("phone", said=True), page_score("cut", said=False, right=False)]
    told = report(plan, scores)
    assert told["usable"]["required_exact"] == 1.0
    assert set(told["by_condition"]) == {"phone"}
    assert (told["calibration"]["sure"], told["calibration"]["sure_right"], told["calibration"]["sure_right_on_usable"]) == (2, 0.5, 1.0)
    assert json.loads(json.dumps(told)) == told


def test_calibration_bins_hold_what_was_stated() -> None:
    stated = ((0.3, False), (0.94, True), (0.95, True), (0.96, False), (1.0, True))
    scores = [page_score("phone", said=True, right=right, confidence=confidence) for confidence, right in stated]
    told = calibration(scores)
    assert [(each["stated"], each["right"]) for each in told["bins"]] == [
        (1, 0.0), (0, None), (0, None), (0, None), (1, 1.0), (2, 0.5), (1, 1.0),
    ]  # fmt: skip
    assert (told["sure"], told["sure_right"]) == (3, 0.6667)


def test_shares_of_nothing_are_nothing() -> None:
    told = exactness([page_score("phone", said=True)])
    assert (told["rows_exact"], told["kind_accuracy"]) == (None, 1.0)


@pytest.mark.parametrize(("values", "part", "expected"), [([3.0, 1.0, 2.0], 95, 3.0), (list(map(float, range(1, 101))), 95, 95.0)])
def test_percentiles_are_values_that_occurred(values: list[float], part: int, expected: float) -> None:
    assert percentile(values, part) == expected


def test_the_table_names_the_set_the_seed_and_the_day() -> None:
    plan = Plan("known", 7, ("phone", "cut"))
    text = table(report(plan, [page_score("phone", said=True), page_score("cut", said=False)]), on="2026-11-22")
    assert text.startswith("Set `known`: 1 layouts, 1 kinds, 2 pages, seed 7; 2026-11-22.")
    assert "| 手机拍照 phone photo | 1 | 100.0 % | 100.0 % | 100.0 % | – | 100.0 % | 1.00 | 1.00 |" in text
    assert "| 没有拍全 cut off | 100.0 % | 0.0 % |" in text


def test_a_plan_draws_each_layout_in_each_condition_and_refuses_what_is_not_there() -> None:
    tasks = Plan("known", 7, ("phone", "dark"), 2, ("id_card",)).tasks()
    assert len(tasks) == len(set(tasks)) == 8
    assert {task.effect for task in tasks} == {"phone", "dark"}
    assert len(CONDITIONS) >= 11
    with pytest.raises(NothingToMeasure, match="no_such_kind"):
        Plan("known", 7, kinds=("no_such_kind",)).tasks()
    with pytest.raises(UnknownSet):
        Plan("secret", 7).tasks()
    with pytest.raises(Exception, match="sepia"):
        Plan("known", 7, ("sepia",)).tasks()


@pytest.mark.parametrize(
    ("piece", "text", "expected"),
    [
        ("挂号费", "今日挂号费10元", 0),
        ("挂号费", "挂另费", 1),
        ("挂号费", "", 3),
        ("abcd", "xxabxcdxx", 1),
        ("abcd", "xxacdxx", 1),
        ("ab", "zz", 2),
    ],
)
def test_the_distance_to_the_nearest_part_of_a_text(piece: str, text: str, expected: int) -> None:
    assert distance_within(piece, text) == expected


def test_characters_are_counted_by_condition() -> None:
    tally = Tally()
    tally.count(replace(LIST, texts=("挂号费", "10.00")), "挂另费 １０.００", 1.5)
    assert (tally.characters, tally.wrong, tally.pieces, tally.whole, tally.cpu) == ({"phone": 8}, {"phone": 1}, 2, 1, [1.5])


def test_the_command_measures_and_tells_it_as_json() -> None:
    result = CliRunner().invoke(cli, ["bench", "reading", "--kinds", "bank_card", "--conditions", "clean,night", "--seed", "5", "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert (told["set"], told["seed"], told["pages"], told["layouts"]) == ("known", 5, 4, 2)
    assert told["by_condition"]["clean"]["kind_accuracy"] == 1.0
    assert told["quality"]["final"]["caught_by_condition"] == {"night": 1.0}
    assert set(told["cost"]["early_at_12_megapixels"]) == {"decode_ms", "verdict_with_decode_ms"}
