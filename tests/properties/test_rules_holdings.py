"""Kept rows of any kind, in any pieces: they come back whole, and their columns are those of the rows one by one."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.compiled.build import RowColumns, columns_of
from anpei.rules.holdings import Holdings, adding, merging, rows_by_subject
from anpei.rules.model import RuleRow, Source, Status, Value, rule_id_for
from anpei.rules.templates.library import load_templates

TEMPLATES = load_templates(shipped_rulebook())
SUBJECTS = st.sampled_from(["A", "A*", "A*支架*", "B", "0031", "003*"]) | st.text(
    st.characters(exclude_categories=("Cs",)), min_size=1, max_size=4
)
PARAMETERS: st.SearchStrategy[tuple[str, dict[str, Value]]] = st.one_of(
    st.tuples(st.just("sex"), st.fixed_dictionaries({"sex": st.sampled_from("FM")})),
    st.tuples(
        st.just("age"), st.fixed_dictionaries({"age_max_years": st.integers(0, 120)}, optional={"age_min_years": st.integers(0, 120)})
    ),
    st.tuples(st.just("mutual-exclusion"), st.fixed_dictionaries({"other": SUBJECTS, "same_day": st.booleans()})),
    st.tuples(st.just("indication"), st.fixed_dictionaries({"icd_prefixes": st.sampled_from([("J1",), ("J1", "K2")])})),
)
DAYS = st.dates(date(1970, 1, 1), date(2149, 1, 1))


@st.composite
def rule_rows(draw: st.DrawFn) -> RuleRow:
    template, parameters = draw(PARAMETERS)
    subject, start = draw(SUBJECTS), draw(DAYS)
    end = draw(st.none() | st.integers(1, 300).map(lambda days: start + timedelta(days=days)))
    source = Source(draw(st.sampled_from(["d", "e"])), draw(st.sampled_from(["", "b"])), "f.csv", draw(st.integers(0, 2**32 - 1)))
    number = rule_id_for(template_id=template, subject=subject, parameters=parameters, valid_from=start, document=source.document)
    return RuleRow(number, template, subject, parameters, start, source, end, draw(st.sampled_from(Status)), draw(st.text(max_size=3)))


def told(columns: RowColumns) -> list[tuple[object, ...]]:
    coded = (columns.template, columns.subject, columns.args, columns.join, columns.source, columns.title)
    texts = [[one.values[code] for code in one.codes.tolist()] for one in coded]
    numbers = (columns.id_high, columns.id_low, columns.line, columns.valid_from, columns.valid_to, columns.shadow)
    return sorted(zip(*(column.tolist() for column in numbers), *texts, strict=True))


@settings(max_examples=60, deadline=None)
@given(batches=st.lists(st.lists(rule_rows(), max_size=12), max_size=3), size=st.sampled_from([2, 5, 1 << 17]))
def test_rows_and_columns_are_those_of_the_newest_statements(batches: list[list[RuleRow]], size: int) -> None:
    wanted: dict[str, RuleRow] = {}
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(adding, "RUN_ROWS", size)
        patch.setattr(merging, "RANGE_ROWS", size)
        holdings = Holdings(Path(folder) / "rules")
        for batch in batches:
            rows = {row.rule_id: row for row in batch}
            new = len(rows.keys() - wanted.keys())
            assert holdings.add(rows.values(), templates=TEMPLATES) == new
            wanted.update(rows)
        assert list(holdings.rows()) == [wanted[rule_id] for rule_id in sorted(wanted)]
        assert told(holdings.columns(TEMPLATES)) == told(columns_of(wanted.values(), TEMPLATES))
        by_subject = list(rows_by_subject(holdings.batches(), Path(folder)))
        assert sorted(by_subject, key=lambda row: row.rule_id) == list(holdings.rows())


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(rule_rows(), min_size=1, max_size=8))
def test_a_row_stated_twice_keeps_its_first_form(rows: list[RuleRow]) -> None:
    rows = list({row.rule_id: row for row in rows}.values())
    again = [replace(row, title=row.title + "?", source=replace(row.source, batch="again")) for row in rows]
    with TemporaryDirectory() as folder:
        holdings = Holdings(Path(folder))
        assert holdings.add([*rows, *again], templates=TEMPLATES) == len(rows)
        assert list(holdings.rows()) == sorted(rows, key=lambda row: row.rule_id)
