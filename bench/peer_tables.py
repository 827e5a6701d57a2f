"""One decision table (item and sex -> rule) as our compiled rules and as a decision of zen-engine, and questions to both.

Every item is for one sex; the table says which rule a patient of the other sex breaks. Both cells of a row ask for equality.
"""

import json
import random
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.columns import ColumnWriter
from anpei.rules.compiled import machine_code
from anpei.rules.compiled.arrow import EPOCH, encode_table
from anpei.rules.compiled.build import columns_of, write_rules
from anpei.rules.compiled.encode import Cases, encode
from anpei.rules.compiled.machine import CompiledRules
from anpei.rules.compiled.records import HIT, Records
from anpei.rules.model import RuleFacts, RuleRow, Source, Subject, rule_id_for
from anpei.rules.templates.library import load_templates

Question = Mapping[str, str]
HOW = {
    "batch": "20,000 dicts in (made an Arrow table), 20,000 answers out, machine code",
    "batch_judging": "the same without making cases of dicts: encoded before",
    "single": "one dict in, one answer out, machine code",
    "case": "up to thirty items of one patient in, as many answers out, one call",
}
ON, SINCE = date(2025, 6, 30), date(2020, 1, 1)


def _item(number: int) -> str:
    return f"00{number:013d}"


def _denied(number: int) -> str:
    return "MF"[number % 2]


def questions(rows: int, count: int) -> list[Question]:
    """Questions about items of the table and, one in ten, about others; half of the patients are of the denied sex."""
    chance = random.Random(7)
    return [{"item": _item(chance.randrange(rows + rows // 9)), "sex": chance.choice("MF")} for _ in range(count)]


def cases(asked: Sequence[Question], size: int = 30) -> list[list[Question]]:
    """The questions as cases: up to thirty items of one patient."""
    by_sex = [[question for question in asked if question["sex"] == sex] for sex in "MF"]
    return [part[start : start + size] for part in by_sex for start in range(0, len(part), size)]


def right(question: Question, rows: int) -> int | None:
    """The number of the rule that is broken, by arithmetic."""
    number = int(question["item"])
    return number + 1 if number < rows and question["sex"] == _denied(number) else None


class Ours:
    """The table as compiled rules; a context, because they are files. The answer is the line that the row stands on."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    def __enter__(self) -> "Ours":
        self._folder = tempfile.TemporaryDirectory()
        templates = load_templates(shipped_rulebook())
        chosen = {"sex": templates["sex"]}
        folder, begun = Path(self._folder.name), time.process_time()
        with ColumnWriter(folder) as writer:
            info = write_rules(writer, columns_of(map(_row, range(self._rows)), chosen), chosen)
            self._rules = CompiledRules(folder, writer.close(), info)
        self.load_cpu = time.process_time() - begun
        self._lines = self._rules.columns["row_line"]
        self._days = [ON]
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def single(self, question: Question) -> int | None:
        """One answer."""
        found = machine_code.judge(self._rules, encode([_facts(question)], vocabulary=self._rules.vocabulary, on=self._days), False, False)
        return int(self._lines[found.rows[0]]) if len(found.rows) else None

    def case(self, asked: Sequence[Question]) -> list[int | None]:
        """The answers about one patient."""
        subjects = tuple([Subject(str(place), (question["item"],)) for place, question in enumerate(asked)])
        facts = RuleFacts(subjects, {"sex": asked[0]["sex"]})
        found = machine_code.judge(self._rules, encode([facts], vocabulary=self._rules.vocabulary, on=self._days), False, False)
        answers: list[int | None] = [None] * len(asked)
        for _, kind, _, _, row, _, member, _ in found.records.tolist():
            if kind == HIT:
                answers[int(found.members[member])] = int(self._lines[found.rows[row]])
        return answers

    def encoded(self, asked: Sequence[Question]) -> Cases:
        """Questions as cases, by a table with one row each."""
        count = len(asked)
        places = pa.array(np.arange(count + 1, dtype=np.int32))
        keys = pa.ListArray.from_arrays(places, pa.array([question["item"] for question in asked]).dictionary_encode())
        subjects = pa.StructArray.from_arrays([keys, pa.array(np.full(count, 1000))], names=["keys", "quantity"])
        none = pa.ListArray.from_arrays(pa.array(np.zeros(count + 1, np.int32)), pa.array([], pa.string()))
        sex = pa.array([question["sex"] for question in asked])
        columns = {
            "on": pa.array(np.full(count, ON.toordinal() - EPOCH, np.int32)).cast(pa.date32()),
            "subjects": pa.ListArray.from_arrays(places, subjects), "labels": none, "label_names": none,
            "attributes": pa.StructArray.from_arrays([sex], names=["sex"]),
        }  # fmt: skip
        return encode_table(pa.table(columns), vocabulary=self._rules.vocabulary)

    def judge(self, cases: Cases) -> Records:
        """What the kernel finds in cases."""
        return machine_code.judge(self._rules, cases, False, False)

    def batch(self, asked: Sequence[Question]) -> list[int | None]:
        """Many answers."""
        found = self.judge(self.encoded(asked))
        answers: list[int | None] = [None] * len(asked)
        hits = found.records[found.records[:, 1] == HIT]
        for case, line in zip(hits[:, 0].tolist(), self._lines[found.rows[hits[:, 4]]].tolist(), strict=True):
            answers[case] = line
        return answers


def _row(number: int) -> RuleRow:
    subject, parameters = _item(number), {"sex": "F" if _denied(number) == "M" else "M"}
    rule_id = rule_id_for(template_id="sex", subject=subject, parameters=parameters, valid_from=SINCE, document="bench")
    return RuleRow(rule_id, "sex", subject, parameters, SINCE, Source("bench", line=number + 1))


def _facts(question: Question) -> RuleFacts:
    return RuleFacts((Subject("0", (question["item"],)),), {"sex": question["sex"]})


class Zen:
    """The table as a decision of zen-engine: read once, asked by ``ZenDecision.evaluate`` and ``ZenEngine.evaluate_batch``."""

    def __init__(self, zen: Any, rows: int) -> None:
        begun = time.process_time()
        content = zen.ZenDecisionContent(json.dumps(_decision(rows)))
        self._engine = zen.ZenEngine({"loader": lambda _: content})
        self._decision = self._engine.create_decision(content)
        self._decision.evaluate({"item": "", "sex": ""})
        self.load_cpu = time.process_time() - begun

    def single(self, question: Question) -> int | None:
        """One answer."""
        return _rule(self._decision.evaluate(question)["result"])

    def batch(self, asked: Sequence[Question]) -> list[int | None]:
        """Many answers."""
        found = self._engine.evaluate_batch([{"key": "table", "context": question} for question in asked])
        return [_rule(one["data"]["result"]) for one in found]

    case = batch


def _rule(result: Any) -> int | None:
    return int(result["rule"]) if result else None


def _decision(rows: int) -> dict[str, Any]:
    cells = [{"_id": f"r{number}", "i": f'"{_item(number)}"', "s": f'"{_denied(number)}"', "o": f"{number + 1}"} for number in range(rows)]
    table = {
        "hitPolicy": "first", "rules": cells,
        "inputs": [{"id": "i", "name": "item", "field": "item"}, {"id": "s", "name": "sex", "field": "sex"}],
        "outputs": [{"id": "o", "name": "rule", "field": "rule"}],
    }  # fmt: skip
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": table},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    edges = [
        {"id": "1", "type": "edge", "sourceId": "in", "targetId": "table"},
        {"id": "2", "type": "edge", "sourceId": "table", "targetId": "out"},
    ]
    return {"nodes": nodes, "edges": edges}
