"""Compiled rules: buffers that grow, rows that cannot take the form, damage, and executions that must agree."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.columns import ColumnWriter
from anpei.rules.compiled import machine_code, vectors
from anpei.rules.compiled.build import columns_of, write_rules
from anpei.rules.compiled.bytecode import NotCompiled
from anpei.rules.compiled.encode import Cases
from anpei.rules.compiled.kernel_expressions import whole_years as compiled_years
from anpei.rules.compiled.machine import CompiledRules, Kernel, RulesDisagree
from anpei.rules.compiled.records import Records
from anpei.rules.damage import SnapshotDamaged
from anpei.rules.judging.evaluation import FactsInvalid, RowIndex, examine
from anpei.rules.language.expression import whole_years
from anpei.rules.model import RuleFacts, RuleRow, Source, Status, Subject, Value, rule_id_for
from anpei.rules.templates.library import load_templates

TEMPLATES = load_templates(shipped_rulebook())
ON = date(2025, 6, 30)
KERNELS = pytest.mark.parametrize("kernel", [machine_code.judge, vectors.judge], ids=["machine code", "arrays"])


def row(template: str, subject: str, since: date = date(2020, 1, 1), **parameters: Value) -> RuleRow:
    number = rule_id_for(template_id=template, subject=subject, parameters=parameters, valid_from=since, document="d")
    return RuleRow(number, template, subject, parameters, since, Source("d", "b", "f.csv", 3), title="某项目")


def compiled(rows: list[RuleRow], folder: Path) -> CompiledRules:
    with ColumnWriter(folder) as writer:
        info = write_rules(writer, columns_of(rows, TEMPLATES), TEMPLATES)
        return CompiledRules(folder, writer.close(), info)


def facts(*keys: str, quantity: int = 1000, **attributes: Value) -> RuleFacts:
    subjects = tuple(Subject(f"b{place}", (key,), day=ON, quantity=quantity) for place, key in enumerate(keys))
    return RuleFacts(subjects, attributes, ("J18.900",))


@KERNELS
@pytest.mark.parametrize("count", [1, 64, 65, 300])
def test_any_number_of_hits_is_told_whole(tmp_path: Path, kernel: Kernel, count: int) -> None:
    rows = [row("age", "A", date(2020, 1, 1) + timedelta(days=place), age_max_years=1) for place in range(count)]
    case = facts("A", age_days=20_000)
    found = compiled(rows, tmp_path).examine(facts=case, on=ON, kernel=kernel)
    assert len(found.hits) == count
    assert found == examine(facts=case, source=RowIndex(rows), templates=TEMPLATES, on=ON)


@KERNELS
def test_many_rows_of_equal_parameters_are_one_group(tmp_path: Path, kernel: Kernel) -> None:
    keys = [f"K{place:03d}" for place in range(90)]
    rows = [row("main-secondary", key, group="G", rate_bp=5000) for key in keys]
    case = facts(*keys, *keys[:2])
    wanted = examine(facts=case, source=RowIndex(rows), templates=TEMPLATES, on=ON)
    assert len(wanted.hits) + len(wanted.undecided) == 1
    assert compiled(rows, tmp_path).examine(facts=case, on=ON, kernel=kernel) == wanted


def test_many_cases_at_once_are_the_cases_one_by_one(tmp_path: Path) -> None:
    rules = compiled([row("sex", "A", sex="F"), row("age", "B", age_min_years=18)], tmp_path)
    cases = [facts("A", "B", sex=sex, age_days=age) for sex in ("F", "M", None) for age in (10, 9000, None)]
    for kernel in (machine_code.judge, vectors.judge):
        found = rules.records(cases, on=[ON] * len(cases), kernel=kernel).records.tolist()
        per_case = [[record[1:4] for record in found if record[0] == place] for place in range(len(cases))]
        alone = [[record[1:4] for record in rules.records([case], on=[ON], kernel=kernel).records.tolist()] for case in cases]
        assert per_case == alone
        assert [len(records) for records in alone] == [1, 0, 1, 2, 1, 2, 2, 1, 2]


def test_a_kernel_that_errs_is_noticed(tmp_path: Path) -> None:
    rules = compiled([row("sex", "A", sex="F"), row("sex", "B", sex="F")], tmp_path)

    def forgetful(rules: CompiledRules, cases: Cases, shadow: bool, counting: bool) -> Records:
        whole = machine_code.judge(rules, cases, shadow, counting)
        changed = whole.records.copy()
        changed[0, 1] = 1
        return replace(whole, records=changed)

    with pytest.raises(RulesDisagree):
        rules.examine(facts=facts("A", sex="M"), on=ON, kernel=forgetful)


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        ({"rule_id": "r1"}, "32 hexadecimal digits"),
        ({"valid_from": date(1969, 12, 31)}, "outside 1970 to 2149"),
        ({"parameters": {"sex": "X"}}, "do not fit"),
    ],
)
def test_a_row_that_cannot_be_compiled_is_named(tmp_path: Path, harm: Mapping[str, object], message: str) -> None:
    with pytest.raises(NotCompiled, match=message):
        compiled([replace(row("sex", "A", sex="F"), **harm)], tmp_path)  # type: ignore[arg-type]


def test_drafts_and_retired_rows_are_left_out_and_nothing_at_all_compiles(tmp_path: Path) -> None:
    rows = [replace(row("sex", "A", sex="F"), status=status) for status in (Status.DRAFT, Status.RETIRED)]
    rules = compiled(rows, tmp_path)
    assert len(rules) == 0
    assert rules.examine(facts=facts("A", sex="M"), on=ON, kernel=machine_code.judge).hits == ()


def test_a_quantity_beyond_all_measure_is_refused_by_name(tmp_path: Path) -> None:
    rules = compiled([row("sex", "A", sex="F")], tmp_path)
    with pytest.raises(FactsInvalid, match="quantity of subject b0"):
        rules.examine(facts=facts("A", quantity=1 << 41), on=ON, kernel=machine_code.judge)


def test_a_manifest_with_a_template_of_another_form_is_damage(tmp_path: Path) -> None:
    with ColumnWriter(tmp_path) as writer:
        info = write_rules(writer, columns_of([], TEMPLATES), TEMPLATES)
        entries = writer.close()
    with pytest.raises(SnapshotDamaged, match=r"manifest\.json has a template of another form"):
        CompiledRules(tmp_path, entries, {**info, "templates": [{"id": "x"}]})


def test_years_are_those_of_the_calendar() -> None:
    days = [date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 1), date(2000, 1, 1), date(1900, 12, 31), date(2100, 6, 15)]
    for on in days:
        for age in [-1, 0, 1, 365, 366, 1460, 1461, 36_524, 36_525, 200_000, on.toordinal() - 1, on.toordinal(), 800_000]:
            wanted = whole_years(days=age, on=on)
            assert compiled_years(age, on.toordinal()) == (-1 if wanted is None else wanted)
