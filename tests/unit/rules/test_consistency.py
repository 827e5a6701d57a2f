"""The consistency check: contradictions, validity, unknown codes, early days, open ends; one pass over sorted rows."""

from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from anpei.rules.consistency import Issue, NotSorted, Tally, check_rows, sort_key
from anpei.rules.model import RuleRow, Source, Status, Value
from anpei.rules.patterns import KnownCodes
from anpei.rules.templates.template import Template

START = date(2025, 1, 1)
MIDDLE = date(2025, 7, 1)
END = date(2026, 1, 1)


def row(
    rule_id: str,
    template_id: str,
    subject: str = "A",
    *,
    start: date = START,
    end: date | None = None,
    status: Status = Status.LIVE,
    **values: Value,
) -> RuleRow:
    """A row with a short id."""
    return RuleRow(rule_id, template_id, subject, values, start, Source("test"), end, status)


@pytest.fixture
def check(templates: Mapping[str, Template]):  # type: ignore[no-untyped-def]
    """Sort, check, and give the issues without their sentences."""

    def call(*rows: RuleRow, known: KnownCodes | None = None, tally: Tally | None = None) -> list[tuple[str, tuple[str, ...]]]:
        in_order = sorted(rows, key=lambda row: sort_key(row.subject))
        return [(issue.code.value, issue.rule_ids) for issue in check_rows(in_order, templates=templates, known=known, tally=tally)]

    return call


def issues(templates: Mapping[str, Template], *rows: RuleRow) -> list[Issue]:
    """The issues of rows as they come."""
    return list(check_rows(rows, templates=templates))


def test_sound_rows_have_no_issue_and_are_counted(check) -> None:  # type: ignore[no-untyped-def]
    tally = Tally()
    rows = (row("1", "sex", sex="M"), row("2", "age", "B", age_max_years=14, end=END), row("3", "sex", "B", status=Status.RETIRED, sex="F"))
    assert check(*rows, tally=tally) == []
    assert (tally.rows, tally.open_ended, dict(tally.issues)) == (2, 1, {})


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        (row("1", "sex", sex="M"), row("2", "sex", sex="F"), "contradiction"),
        (row("1", "sex", sex="M", end=MIDDLE), row("2", "sex", sex="F", start=MIDDLE), None),
        (row("1", "sex", sex="M", status=Status.SHADOW), row("2", "sex", sex="F"), None),
        (row("1", "sex", sex="M"), row("2", "sex", "B", sex="F"), None),
        (row("1", "visit-kind", visit_kind="inpatient"), row("2", "visit-kind", visit_kind="outpatient"), "contradiction"),
        (row("1", "age", age_max_years=14), row("2", "age", age_min_years=18), "contradiction"),
        (row("1", "age", age_max_years=14), row("2", "age", age_min_years=14), None),
        (row("1", "age", age_max_years=14), row("2", "age", age_min_days=9000), None),
        (row("1", "frequency-day", max_quantity=1000), row("2", "frequency-day", max_quantity=2000), "limits_differ"),
        (row("1", "swap", cheaper="B"), row("2", "swap", cheaper="C"), None),
        (row("1", "sex", "A1*", sex="M"), row("2", "sex", "A12", sex="F"), "contradiction"),
        (row("1", "sex", "A1*", sex="M"), row("2", "sex", "A1", sex="F"), "contradiction"),
        (row("1", "sex", "A1*", sex="M"), row("2", "sex", "A123*", sex="F"), "contradiction"),
        (row("1", "sex", "A1*", sex="M"), row("2", "sex", "A2", sex="F"), None),
        (row("1", "sex", "A1*支架*", sex="M"), row("2", "sex", "A12", sex="F"), None),
    ],
)  # fmt: skip
def test_rows_that_exclude_each_other_are_named_together(check, first: RuleRow, second: RuleRow, wanted: str | None) -> None:  # type: ignore[no-untyped-def]
    assert check(first, second) == ([] if wanted is None else [(wanted, ("1", "2"))])
    assert check(second, first) == check(first, second)


def test_the_issue_says_what_and_where(templates: Mapping[str, Template]) -> None:
    (issue,) = issues(templates, row("1", "sex", sex="M"), row("2", "sex", sex="F"))
    assert (issue.subject, issue.template_id, issue.is_error) == ("A", "sex", True)
    assert (issue.zh, issue.en) == ("sex 同时为 M 和 F", "sex is M and F at once")
    (other,) = issues(templates, row("1", "age", age_min_years=60), row("2", "age", age_max_years=14))
    assert other.zh == "age_min_years 60 与 age_max_years 14 不能同时满足"


def test_each_row_is_reported_with_one_counterpart_even_among_many(check) -> None:  # type: ignore[no-untyped-def]
    rows = [row(f"{number:03}", "sex", sex="MF"[number % 2], document=None) for number in range(50)]
    rows = [row(one.rule_id, "sex", sex=str(one.parameters["sex"])) for one in rows]
    found = [ids for code, ids in check(*rows) if code == "contradiction"]
    assert len(found) == 49
    assert found[:2] == [("000", "001"), ("001", "002")]


def test_one_statement_that_overlaps_itself_or_pauses(check) -> None:  # type: ignore[no-untyped-def]
    first = row("1", "sex", sex="M", end=MIDDLE)
    assert check(first, row("2", "sex", sex="M", start=date(2025, 6, 30))) == [("overlap", ("1", "2"))]
    assert check(first, row("2", "sex", sex="M", start=MIDDLE)) == []
    assert check(first, row("2", "sex", sex="M", start=date(2025, 7, 2))) == [("gap", ("1", "2"))]
    assert check(row("0", "sex", sex="M"), row("1", "sex", sex="M", end=MIDDLE), row("2", "sex", sex="M", start=END)) == [
        ("overlap", ("0", "1")),
        ("overlap", ("0", "2")),
    ]


def test_a_row_that_cannot_be_right_is_named(check) -> None:  # type: ignore[no-untyped-def]
    assert check(row("1", "colour", colour="red")) == [("template_unknown", ("1",))]
    assert check(row("1", "sex", sex="X")) == [("parameters", ("1",))]
    assert check(row("1", "sex", sex="M", end=START)) == [("period", ("1",))]
    assert check(row("1", "age", age_min_years=18, age_max_years=14)) == [("empty_range", ("1",))]
    assert check(row("1", "sex", sex="M", start=date(1989, 12, 31))) == [("early", ("1",))]
    assert check(row("1", "sex", sex="M", start=date(1990, 1, 1))) == []


def test_of_equal_rows_the_one_that_lasts_longest_is_compared(check) -> None:  # type: ignore[no-untyped-def]
    rows = (row("1", "sex", sex="M", end=MIDDLE), row("2", "sex", sex="M"), row("3", "sex", sex="F", start=END))
    assert check(*rows) == [("overlap", ("1", "2")), ("contradiction", ("2", "3"))]


def test_what_is_wrong_above_is_not_told_again_below(check) -> None:  # type: ignore[no-untyped-def]
    rows = (row("1", "sex", "A*", sex="M"), row("2", "sex", "A*", sex="F"), row("3", "sex", "A1", sex="M"))
    assert check(*rows) == [("contradiction", ("1", "2")), ("contradiction", ("2", "3"))]


def test_what_must_and_must_not_be_there_at_once(check) -> None:  # type: ignore[no-untyped-def]
    needs, forbids = row("1", "linked", other="B*"), row("2", "mutual-exclusion", other="B*", same_day=True)
    assert check(needs, forbids) == [("opposite", ("1", "2"))]
    assert check(needs, row("2", "mutual-exclusion", other="B", same_day=True)) == []
    assert check(needs, row("2", "mutual-exclusion", "C", other="B*", same_day=True)) == []
    assert check(row("1", "linked", other="B*", end=MIDDLE), row("2", "combination", whole="B*", start=MIDDLE)) == []
    assert check(row("1", "surcharge-main", main="M"), row("2", "combination", whole="M", status=Status.SHADOW)) == []
    assert check(row("1", "surcharge-main", main="M"), row("2", "combination", whole="M")) == [("opposite", ("1", "2"))]


def test_codes_that_nobody_knows_are_named(check) -> None:  # type: ignore[no-untyped-def]
    known = KnownCodes(["A1", "B12"])
    rows = (
        row("1", "sex", "A1", sex="M"),
        row("2", "sex", "A2", sex="M"),
        row("3", "linked", "B1*", other="C*"),
        row("4", "sex", "B2*", sex="M"),
    )
    assert check(*rows, known=known) == [("code_unknown", ("2",)), ("code_unknown", ("3",)), ("code_unknown", ("4",))]


def test_intervals_that_overlap_or_leave_a_gap(check) -> None:  # type: ignore[no-untyped-def]
    def band(rule_id: str, low: int | None, high: int | None) -> RuleRow:
        ends = {name: value for name, value in (("from_years", low), ("to_years", high)) if value is not None}
        return row(rule_id, "frequency-day-by-age", max_quantity=int(rule_id) * 1000, **ends)

    assert check(band("1", None, 5), band("2", 6, 17), band("3", 18, None)) == []
    assert check(band("1", None, 5), band("2", 5, 17)) == [("intervals_overlap", ("1", "2"))]
    assert check(band("1", 0, 5), band("2", 7, 17)) == [("intervals_gap", ("1", "2"))]
    assert check(band("1", 9, 5)) == [("empty_range", ("1",))]


def test_rows_must_come_sorted_and_are_taken_one_by_one(templates: Mapping[str, Template]) -> None:
    with pytest.raises(NotSorted):
        issues(templates, row("1", "sex", "B", sex="M"), row("2", "sex", "A", sex="M"))

    def endless() -> Iterator[RuleRow]:
        yield row("1", "sex", sex="M")
        yield row("2", "sex", sex="F")
        yield row("3", "sex", "B", sex="F")
        raise AssertionError("asked for more than was needed")

    assert next(check_rows(endless(), templates=templates)).rule_ids == ("1", "2")
