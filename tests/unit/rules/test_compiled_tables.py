"""Keys of any length, and tables of cases that are wrong."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.columns import ColumnWriter
from anpei.rules.compiled import machine_code
from anpei.rules.compiled.arrow import encode_table, schema_for, table_of
from anpei.rules.compiled.build import columns_of, write_rules
from anpei.rules.compiled.keys import Keys, key_columns, key_hash
from anpei.rules.compiled.machine import CompiledRules
from anpei.rules.compiled.texts import packed
from anpei.rules.damage import SnapshotDamaged
from anpei.rules.judging.evaluation import FactsInvalid
from anpei.rules.model import RuleFacts, RuleRow, Source, Subject, rule_id_for
from anpei.rules.templates.library import load_templates

TEMPLATES = load_templates(shipped_rulebook())
SCHEMA = schema_for(TEMPLATES.values())
ON = date(2025, 6, 30)
KEYS = ["A", "", "003301", "003301*", "一次性使用冠状动脉药物洗脱支架系统" * 20, "C*支架*", "x" * 5000, "a\0b"]


def rules_of(folder: Path) -> CompiledRules:
    number = rule_id_for(template_id="sex", subject="A", parameters={"sex": "F"}, valid_from=date(2020, 1, 1), document="d")
    row = RuleRow(number, "sex", "A", {"sex": "F"}, date(2020, 1, 1), Source("d"))
    with ColumnWriter(folder) as writer:
        info = write_rules(writer, columns_of([row], TEMPLATES), TEMPLATES)
        return CompiledRules(folder, writer.close(), info)


def case(**changed: object) -> RuleFacts:
    subject: dict[str, object] = {"id": "0", "keys": ("A",), "day": ON, **changed}
    return RuleFacts((Subject(**subject),), {"sex": "M"})  # type: ignore[arg-type]


def test_keys_of_any_length_are_found_alone_and_together() -> None:
    columns, number = key_columns(KEYS)
    keys = Keys(columns)
    assert [keys.text(int(place)) for place in number] == KEYS
    assert [keys.number(key) for key in KEYS] == number.tolist()
    asked = [*KEYS, "B", "00330", "x" * 4999]
    assert keys.numbers(*packed([key.encode() for key in asked])).tolist() == [*number.tolist(), -1, -1, -1]


def test_keys_stand_in_the_order_of_their_hashes() -> None:
    columns, _ = key_columns([f"K{number}" for number in range(1000)])
    keys = Keys(columns)
    hashes = [key_hash(keys.text(place).encode()) for place in range(1000)]
    assert hashes == sorted(hashes) == columns["key_hash"].tolist()


def test_no_key_at_all_is_a_table_too() -> None:
    columns, _ = key_columns([])
    assert Keys(columns).number("A") == -1
    assert Keys(columns).numbers(*packed([b"A"])).tolist() == [-1]


def test_a_table_is_judged_as_it_stands(tmp_path: Path) -> None:
    rules = rules_of(tmp_path)
    table = table_of([case(), case(keys=("B",)), case(keys=("B", "A"))], on=[ON] * 3, schema=SCHEMA)
    found = machine_code.judge(rules, encode_table(table, vocabulary=rules.vocabulary), False, False)
    assert found.records[:, :2].tolist() == [[0, 0], [2, 0]]


def test_attributes_that_a_table_does_not_have_are_unknown(tmp_path: Path) -> None:
    rules = rules_of(tmp_path)
    table = table_of([case()], on=[ON], schema=SCHEMA).drop_columns(["attributes"])
    bare = table.append_column("attributes", pa.array([{"other": 1}]))
    found = machine_code.judge(rules, encode_table(bare, vocabulary=rules.vocabulary), False, False)
    assert found.records[:, :2].tolist() == [[0, 1]]


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        ({"quantity": 1 << 41}, "the quantity at line 1 of the table"),
        ({"amount": -(1 << 41)}, "the amount at line 1 of the table"),
        ({"keys": ()}, "has no key"),
        ({"keys": (None,)}, "a key that is null"),
    ],
)
def test_a_table_that_is_wrong_is_refused_by_name(tmp_path: Path, harm: Mapping[str, object], message: str) -> None:
    rules = rules_of(tmp_path)
    table = table_of([case(), case(**harm)], on=[ON] * 2, schema=SCHEMA)
    with pytest.raises(FactsInvalid, match=message):
        encode_table(table, vocabulary=rules.vocabulary)


def test_a_table_of_another_form_is_refused(tmp_path: Path) -> None:
    table = table_of([case()], on=[ON], schema=SCHEMA).drop_columns(["labels"])
    with pytest.raises(FactsInvalid, match="has no column labels"):
        encode_table(table, vocabulary=rules_of(tmp_path).vocabulary)


def test_columns_of_an_older_form_are_damage_with_advice(tmp_path: Path) -> None:
    with ColumnWriter(tmp_path) as writer:
        info = write_rules(writer, columns_of([], TEMPLATES), TEMPLATES)
        entries = writer.close()
    Path(tmp_path / "key_start.npy").unlink()
    with pytest.raises(SnapshotDamaged, match="names no column key_start: compile the rules again"):
        CompiledRules(tmp_path, {name: entry for name, entry in entries.items() if name != "key_start"}, info)


def test_few_cases_and_many_give_the_same(tmp_path: Path) -> None:
    """Memory that is kept between runs holds nothing of the run before."""
    rules = rules_of(tmp_path)
    many = table_of([case(keys=("B",) if place % 3 else ("A",)) for place in range(200)], on=[ON] * 200, schema=SCHEMA)
    whole = machine_code.judge(rules, encode_table(many, vocabulary=rules.vocabulary), False, True)
    parts = [machine_code.judge(rules, encode_table(many.slice(at, 1), vocabulary=rules.vocabulary), False, True) for at in range(200)]
    assert whole.records[:, 0].tolist() == [at for at in range(200) if len(parts[at].records)] == list(range(0, 200, 3))
    assert np.concatenate([part.considered for part in parts]).tolist() == whole.considered.tolist()
