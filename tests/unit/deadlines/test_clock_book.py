"""The rulebook's clocks: all rows, their examples, their versions, and what a wrong file says."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from anpei.engines.deadlines import (
    ClockBook,
    ClockNotInForce,
    ClockUnknown,
    Extension,
    InvalidTerm,
    Limit,
    Pause,
    Unit,
    compute,
    explain,
    load_calendar,
    load_clocks,
    load_phrases,
)
from anpei.engines.deadlines.book import ClockRule, Confirmation, Example
from anpei.engines.knowledge import KnowledgeError, Rulebook, shipped_rulebook

RULEBOOK = shipped_rulebook()
BOOK, CALENDAR = load_clocks(RULEBOOK)
TODAY = date(2026, 11, 21)
EXAMPLES = [(row, example) for row in BOOK.clocks for example in row.examples]
SHIPPED = RULEBOOK.file("clocks/clocks.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("row", "example"), EXAMPLES, ids=[f"{row.id}-{example.start_on}" for row, example in EXAMPLES])
def test_the_examples_hold(row: ClockRule, example: Example) -> None:
    term = row.term(start_on=example.start_on, pauses=[Pause(p.begins_on, p.ends_on) for p in example.pauses])
    found = compute(term=term, on=TODAY, calendar=CALENDAR)
    assert (found.inner_target, found.last_day) == (example.inner_target, example.last_day)
    assert found.last_day != example.unless


def test_every_row_is_there_with_both_titles() -> None:
    assert len(BOOK.clocks) == 41
    assert len({row.id for row in BOOK.clocks}) == 41
    assert sum(row.status is Confirmation.TO_VERIFY for row in BOOK.clocks) == 8
    titles = [row.title for row in BOOK.clocks]
    assert len({title.zh for title in titles}) == len({title.en for title in titles}) == 41


@pytest.mark.parametrize(
    ("clock", "limit"),
    [
        ("claim.decide.complex", Limit(30)),
        ("claim.pay", Limit(10)),
        ("claim.refusal_notice", Limit(3)),
        ("claim.advance_undisputed", Limit(60)),
        ("claim.decide.motor_compulsory", Limit(5)),
        ("claim.decide.life_service", Limit(5, Unit.WORKDAY)),
        ("claim.limitation.nonlife", Limit(2, Unit.YEAR)),
        ("claim.limitation.life", Limit(5, Unit.YEAR)),
        ("complaint.simple", Limit(15)),
        ("complaint.complex", Limit(30)),
        ("complaint.special", Limit(60)),
        ("complaint.withdrawal", Limit(0)),
        ("complaint.new_facts", None),
        ("claim.supplement_notice", Limit(1, Unit.WORKDAY)),
    ],
)
def test_the_limits(clock: str, limit: Limit | None) -> None:
    assert BOOK.get(clock, on=TODAY).counted_limit() == limit


def test_the_reference_and_the_rulebook_say_the_same() -> None:
    """Compares with the project's collection of law facts where it is present."""
    source = Path(__file__).parents[4] / "shared" / "data" / "law" / "clocks.yaml"
    if not source.exists():
        pytest.skip("the collection of law facts (shared/data/law) is not here")
    for row in yaml.safe_load(source.read_text(encoding="utf-8"))["clocks"]:
        ours = BOOK.get(row["id"], on=row["effective_from"])
        limit = ours.limit if isinstance(ours.limit, str | None) else {"value": ours.limit.value, "unit": ours.limit.unit.value}
        assert (limit, ours.basis, ours.status.value, ours.kind) == (row["limit"], row["basis"], row["status"], row["kind"])
        assert (ours.applies_to, ours.starts_with, ours.acts) == (row["line"], row.get("from"), row.get("owner", "insurer"))
        assert (ours.effective_from, ours.effective_to) == (row["effective_from"], row["effective_to"])
        assert [pause.name for pause in ours.pause_events] == [pause["name"] for pause in row["pause_events"]]
        assert ours.contract_may_override == row["contract_may_override"]


def test_a_clock_is_chosen_by_the_day() -> None:
    with pytest.raises(ClockNotInForce, match=r"claim\.pay is not in force on 2015-04-23"):
        BOOK.get("claim.pay", on=date(2015, 4, 23))
    assert BOOK.get("claim.pay", on=date(2015, 4, 24)).still_valid_on(date(2015, 4, 24))
    with pytest.raises(ClockUnknown, match=r"no clock claim\.paid"):
        BOOK.get("claim.paid", on=TODAY)


def test_what_is_not_confirmed_can_be_switched_off() -> None:
    book, _calendar = load_clocks(RULEBOOK, only_verified=True)
    assert len(book.clocks) == 33
    with pytest.raises(ClockUnknown):
        book.get("claim.decide.life_service", on=TODAY)


def test_a_row_that_is_off_is_not_listed() -> None:
    listed = {row.id for row in BOOK.find(applies_to=["any"], on=TODAY)}
    assert "complaint.mediation_pause" not in listed
    assert {"claim.pay", "complaint.simple"} <= listed
    assert "claim.pay.agriculture" not in listed
    assert [row.id for row in BOOK.find(applies_to=["agriculture"], on=TODAY)] == ["claim.pay.agriculture"]


def test_the_contract_overrides_only_where_the_law_lets_it() -> None:
    assert BOOK.get("claim.decide.complex", on=TODAY).term(start_on=TODAY, agreed_limit=Limit(20)).limit == Limit(20)
    with pytest.raises(InvalidTerm, match="cannot be changed by contract"):
        BOOK.get("claim.refusal_notice", on=TODAY).term(start_on=TODAY, agreed_limit=Limit(20))


def test_only_what_the_row_names_pauses_it() -> None:
    with pytest.raises(InvalidTerm, match=r"nothing pauses the clock claim\.pay"):
        BOOK.get("claim.pay", on=TODAY).term(start_on=TODAY, pauses=[Pause(TODAY)])


def test_a_row_without_length_is_not_counted() -> None:
    with pytest.raises(InvalidTerm, match="has no length to count"):
        BOOK.get("complaint.new_facts", on=TODAY).term(start_on=TODAY)


def test_extensions_come_from_the_book() -> None:
    start, told = date(2026, 3, 2), date(2026, 3, 16)
    longer = BOOK.get("complaint.complex", on=start).counted_limit()
    assert longer is not None
    term = BOOK.get("complaint.simple", on=start).term(start_on=start, extensions=[Extension(longer, told, told)])
    assert compute(term=term, on=TODAY, calendar=CALENDAR).last_day == date(2026, 4, 1)
    assert BOOK.get("mediation.confirm.decide", on=start).extended_limit() == Limit(25)
    with pytest.raises(InvalidTerm, match="knows no extension"):
        BOOK.get("claim.pay", on=start).extended_limit()


def test_retention_does_not_move_and_same_day_is_the_same_day() -> None:
    assert BOOK.get("archive.contract_short", on=TODAY).term(start_on=TODAY).moves is False
    withdrawn = BOOK.get("complaint.withdrawal", on=TODAY).term(start_on=TODAY)
    assert compute(term=withdrawn, on=TODAY, calendar=CALENDAR).last_day == TODAY


def test_the_explanation_reads_well() -> None:
    phrases = load_phrases(RULEBOOK)
    term = BOOK.get("claim.decide.complex", on=TODAY).term(start_on=date(2026, 3, 2), pauses=[Pause(date(2026, 3, 10), date(2026, 3, 20))])
    found = compute(term=term, on=TODAY, calendar=CALENDAR)
    assert explain(found, phrases=phrases) == [
        "开始当天不算，30日到2026年4月1日。",
        "暂停的10日不算在内，改到2026年4月11日。",
        "最后一天是休息日，顺延到2026年4月13日。",
    ]
    assert explain(found, phrases=phrases, language="en")[2] == "The last day is a rest day; it moves to 2026-04-13."


def overlay(tmp_path: Path, name: str, text: str) -> Rulebook:
    (tmp_path / "clocks").mkdir(exist_ok=True)
    (tmp_path / "clocks" / name).write_text(text, encoding="utf-8")
    return shipped_rulebook(tmp_path)


def test_an_adopter_adds_a_year(tmp_path: Path) -> None:
    text = RULEBOOK.file("clocks/calendar.yaml").read_text(encoding="utf-8")
    year = "years:\n  2027:\n    reference: an invented notice\n    rest_days: [2027-01-01]\n    make_up_workdays: [2027-01-03]\n"
    calendar = load_calendar(overlay(tmp_path, "calendar.yaml", text.replace("years: {}\n", year)))
    assert [calendar.is_rest_day(date(2027, 1, n)) for n in (1, 2, 3, 4)] == [True, True, False, False]
    assert calendar.is_rest_day(date(2027, 2, 8)) is False
    assert calendar.is_rest_day(date(2026, 10, 1)) is True


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("value: 30, unit: day", "value: 30, unit: days", "line .*unit"),
        ("first_day_counts: false", "first_day_counts: true", "first_day_counts"),
        ("extends: complaint.simple", "extends: complaint.easy", "complaint.easy, which is not in the book"),
        ("    starts_with: agreement_reached\n", "", "needs starts_with"),
        ("id: claim.pay.agriculture", "id: claim.pay", "two rows in force on 2016-02-06"),
        ("effective_from: 2016-02-06", "effective_from: 2016-02-06\n    effective_to: 2016-02-06", "effective_to lies not after"),
        ("acts: court", "acted: court", "acted"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in SHIPPED
    with pytest.raises(KnowledgeError, match=message) as caught:
        load_clocks(overlay(tmp_path, "clocks.yaml", SHIPPED.replace(old, new, 1)))
    assert "clocks.yaml" in str(caught.value)


def test_a_row_is_replaced_by_ending_it(tmp_path: Path) -> None:
    old = "  - id: claim.pay\n"
    start = SHIPPED.index(old)
    row = SHIPPED[start : SHIPPED.index("  - id: claim.refusal_notice")]
    ended = row.replace("effective_from: 2015-04-24\n", "effective_from: 2015-04-24\n    effective_to: 2027-01-01\n")
    newer = row.replace("effective_from: 2015-04-24\n", "effective_from: 2027-01-01\n").replace("value: 10", "value: 7")
    newer = newer[: newer.index("    examples:")]
    book: ClockBook = load_clocks(overlay(tmp_path, "clocks.yaml", SHIPPED.replace(row, ended + newer)))[0]
    assert [book.get("claim.pay", on=on).counted_limit() for on in (date(2026, 12, 31), date(2027, 1, 1))] == [Limit(10), Limit(7)]


@pytest.mark.parametrize(
    ("rest", "worked", "message"), [("2026-01-01", "2027-01-03", "stands under 2027"), ("2027-01-01", "2027-01-04", "no weekend day")]
)
def test_a_wrong_calendar_is_refused(tmp_path: Path, rest: str, worked: str, message: str) -> None:
    text = RULEBOOK.file("clocks/calendar.yaml").read_text(encoding="utf-8")
    year = f"years:\n  2027:\n    reference: x\n    rest_days: [{rest}]\n    make_up_workdays: [{worked}]\n"
    with pytest.raises(KnowledgeError, match=message):
        load_calendar(overlay(tmp_path, "calendar.yaml", text.replace("years: {}\n", year)))
