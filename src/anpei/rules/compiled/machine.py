"""Compiled rules at work: mapped columns, the kernels over them, and evaluations that the reference has told and proved anew."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from anpei.kernel.errors import AnpeiError
from anpei.rules.columns import Array, Entries, open_columns
from anpei.rules.compiled.addressing import addresses
from anpei.rules.compiled.build import EPOCH, OPEN_END
from anpei.rules.compiled.encode import Cases, Vocabulary, encode
from anpei.rules.compiled.keys import Keys
from anpei.rules.compiled.program import row_slots
from anpei.rules.compiled.records import Records
from anpei.rules.compiled.tables import BASE_TYPES, Base
from anpei.rules.compiled.telling import tell
from anpei.rules.compiled.texts import all_texts, unpacked
from anpei.rules.damage import damaged
from anpei.rules.judging.evaluation import check_facts, in_order, needs_of
from anpei.rules.judging.judge import Judge
from anpei.rules.model import Evaluation, RuleFacts, RuleRow, Source, Status, Value
from anpei.rules.patterns import PatternIndex
from anpei.rules.templates.template import Template, TemplateInvalid, template_from

MOST_KEPT = 50_000
"""Rows in the form of objects that a process remembers."""


COLUMNS = frozenset(
    (*(name for name in Base._fields if name != "tpl_functions"), "key_hash", "key_start", "key_at", "key_bytes", "key_patterns", "code_op",
     "code_arg", "row_line", "row_title", "title_at", "title_bytes", "row_source", "source_at", "source_bytes")
)  # fmt: skip
"""The columns that compiled rules must have."""


class RulesDisagree(AnpeiError):
    """Two executions of the rules gave different answers: a fault of the program, never of the facts."""

    code = "rules.executions_disagree"


Kernel = Callable[["CompiledRules", Cases, bool, bool], Records]
"""(rules, cases, shadow, counting) -> records."""


class CompiledRules:
    """The opened columns of rules. Immutable; ``info`` is what ``build.write_rules`` gave for the manifest."""

    def __init__(self, folder: Path, entries: Entries, info: Mapping[str, Any]) -> None:
        lacking = sorted(COLUMNS - set(entries))
        if lacking:
            raise damaged(folder, "manifest.json", f"names no column {lacking[0]}: compile the rules again with this version")
        self.columns = open_columns(folder, entries)
        try:
            self.templates: Mapping[str, Template] = {data["id"]: template_from(data) for data in info["templates"]}
        except (TemplateInvalid, AttributeError, TypeError, KeyError) as error:
            raise damaged(folder, "manifest.json", f"has a template of another form ({error})") from error
        self.order = tuple(self.templates.values())
        self.keys = Keys(self.columns)
        self._texts = all_texts(self.columns["text_at"], self.columns["text_bytes"])
        self.texts = list(self._texts)
        patterns = PatternIndex(self.keys.text(int(number)) for number in self.columns["key_patterns"])
        self.vocabulary = Vocabulary(self.keys, patterns, self._texts, tuple(info["facts"]))
        self.most_rows = _most_rows(self.columns)
        self._needs = needs_of(self.templates)
        self._kept: dict[int, RuleRow] = {}

    def __len__(self) -> int:
        return len(self.columns["row_template"])

    @cached_property
    def table(self) -> Array:
        """The addresses that machine code reads; made when it is first asked, with the functions of the templates."""
        from anpei.rules.compiled.predicates import functions_of

        self._functions = functions_of(self.columns, self.order)
        held = {name: self.columns[name] for name in Base._fields if name != "tpl_functions"}
        return addresses(Base(**held, tpl_functions=self._functions), BASE_TYPES)

    # --- rows ------------------------------------------------------------------------------------------------------

    def row(self, place: int) -> RuleRow:
        """The rule row that stands at a place; some thousands are remembered."""
        found = self._kept.get(place)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[place] = self._formed(place)
        return found

    def _formed(self, place: int) -> RuleRow:
        columns = self.columns
        marked = int(columns["row_template"][place])
        template = self.order[marked & 0x7FFF]
        key = int(np.searchsorted(columns["key_rows"], np.uint32(place), side="right")) - 1  # another type would copy the column
        document, batch, file = json.loads(unpacked(columns["source_at"], columns["source_bytes"], int(columns["row_source"][place])))
        number = (int(columns["row_id_high"][place]) << 64) | int(columns["row_id_low"][place])
        until = int(columns["row_to"][place])
        return RuleRow(
            rule_id=f"r{number:032x}",
            template_id=template.id,
            subject=self.keys.text(key),
            parameters=self._parameters(template, place),
            valid_from=date.fromordinal(int(columns["row_from"][place]) + EPOCH),
            valid_to=None if until == OPEN_END else date.fromordinal(until + EPOCH),
            source=Source(document, batch, file, int(columns["row_line"][place])),
            status=Status.SHADOW if marked & 0x8000 else Status.LIVE,
            title=unpacked(columns["title_at"], columns["title_bytes"], int(columns["row_title"][place])),
        )

    def places_of(self, key: str) -> range:
        """Where the rows of a key stand."""
        number = self.keys.number(key)
        at = self.columns["key_rows"]
        return range(0) if number < 0 else range(int(at[number]), int(at[number + 1]))

    def _parameters(self, template: Template, place: int) -> dict[str, Value]:
        columns = self.columns
        start = int(columns["row_args"][place])
        types = {parameter.name: parameter.type for parameter in template.file.parameters}
        found: dict[str, Value] = {}
        for slot, name in enumerate(row_slots(template), start=start):
            if columns["arg_known"][slot]:
                found[name] = self._value(types[name], int(columns["arg_value"][slot]))
        if template.file.join is not None:
            found[template.file.join] = self.keys.text(int(columns["row_join"][place]))
        return found

    def _value(self, kind: str, number: int) -> Value:
        if kind == "text":
            return self.texts[number]
        if kind == "texts":
            at = self.columns["list_at"]
            return tuple(self.texts[place] for place in self.columns["list_text"][int(at[number]) : int(at[number + 1])].tolist())
        return bool(number) if kind == "bool" else number

    # --- evaluation ------------------------------------------------------------------------------------------------

    def records(self, facts: Sequence[RuleFacts], *, on: Sequence[date], kernel: Kernel, shadow: bool = False) -> Records:
        """What a kernel finds in many cases, without words."""
        return kernel(self, encode(facts, vocabulary=self.vocabulary, on=on), shadow, False)

    def examine(self, *, facts: RuleFacts, on: date, kernel: Kernel, shadow: bool = False) -> Evaluation:
        """The evaluation of one case: found by a kernel, told and proved by the reference over the rows found.

        Raises FactsInvalid, and RulesDisagree when the reference does not find what the kernel found.
        """
        check_facts(facts, self._needs)
        found = kernel(self, encode([facts], vocabulary=self.vocabulary, on=[on]), shadow, True)
        if found.troubled[0]:
            raise RulesDisagree("a number in this case grew too large for the compiled rules: look at its quantities")
        rows = {place: self.row(place) for place in dict.fromkeys(found.rows.tolist())}
        judge = Judge(facts=facts, on=on)
        tell(judge, found, rows=rows, rules=self)
        told = in_order(judge, considered=int(found.considered[0]))
        if not _agree(signatures(found, facts=facts, templates=self.order, rows=rows), told):
            raise RulesDisagree("the compiled rules and the reference do not agree on this case: report it with the snapshot's id")
        return told


Signature = tuple[int, str, tuple[str, ...], tuple[str, ...]]


def signatures(
    found: Records, *, facts: RuleFacts, templates: Sequence[Template], rows: Mapping[int, RuleRow], case: int = 0
) -> list[Signature]:
    """What was found in one case as (kind, template id, rule ids, subject ids)."""
    result = []
    places, members = found.rows.tolist(), found.members.tolist()
    names = [subject.id for subject in facts.subjects]
    for number, kind, template, _, row_at, row_count, member_at, member_count in found.records.tolist():
        if number == case:
            ids = tuple([rows[place].rule_id for place in places[row_at : row_at + row_count]])
            named = tuple([names[place] for place in members[member_at : member_at + member_count]])
            result.append((kind, templates[template].id, ids, named))
    return result


def _agree(found: list[Signature], told: Evaluation) -> bool:
    """Whether the same was found and told, each as often."""
    hits = [(0, hit.template_id, hit.rule_ids, hit.subject_ids) for hit in told.hits]
    whole = hits + [(1, item.template_id, item.rule_ids, item.subject_ids) for item in told.undecided]
    if len(whole) != len(found):
        return False
    different = set(found)
    return different == set(whole) if len(different) == len(found) else sorted(found) == sorted(whole)


def _most_rows(columns: Mapping[str, Array]) -> int:
    """The most rows that one key has."""
    return int(np.diff(columns["key_rows"].astype(np.int64)).max(initial=0))
