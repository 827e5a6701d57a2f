"""Cases as an Arrow table, one row each: the form in which many cases are judged at once, without an object for each of them.

Columns: ``on`` the day of evaluation; ``subjects`` in their order, each with its keys, day, quantity (thousandths), amount (fen) and
normalised name; ``labels`` (codes) and ``label_names`` (normalised wordings); ``attributes``, a struct with one field for each attribute.
A field that is null, or that the table does not have, is unknown. Members of a case are named by their place.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from anpei.rules.compiled.encode import Cases, Vocabulary, encode
from anpei.rules.judging.evaluation import FactsInvalid
from anpei.rules.model import RuleFacts, Subject
from anpei.rules.templates.template import Template

SUBJECT = pa.struct(
    [
        pa.field("keys", pa.list_(pa.string()), nullable=False), pa.field("day", pa.date32()),
        pa.field("quantity", pa.int64(), nullable=False), pa.field("amount", pa.int64()), pa.field("name", pa.string()),
    ]
)  # fmt: skip
"""One subject of a case."""
CASES_SCHEMA = pa.schema(
    [
        pa.field("on", pa.date32(), nullable=False), pa.field("subjects", pa.list_(SUBJECT), nullable=False),
        pa.field("labels", pa.list_(pa.string()), nullable=False), pa.field("label_names", pa.list_(pa.string()), nullable=False),
        pa.field("attributes", pa.struct([]), nullable=False),
    ]
)  # fmt: skip
"""The form of a table of cases without attributes; ``schema_for`` gives it with those that templates read."""
_KINDS: Mapping[str, Any] = {"int": pa.int64(), "quantity": pa.int64(), "text": pa.string(), "bool": pa.bool_(), "date": pa.date32()}


def schema_for(templates: Iterable[Template]) -> Any:
    """``CASES_SCHEMA`` with a field for every attribute that some template reads, sorted by name."""
    found = {need.name: _KINDS[need.type] for template in templates for need in template.file.facts}
    attributes = pa.struct([pa.field(name, found[name]) for name in sorted(found)])
    place = CASES_SCHEMA.get_field_index("attributes")
    return CASES_SCHEMA.set(place, pa.field("attributes", attributes, nullable=False))


def table_of(facts: Sequence[RuleFacts], *, on: Sequence[date], schema: Any) -> Any:
    """Cases as a table of a schema (``schema_for``). One object a line: for tests and small numbers of cases."""
    names = [field.name for field in schema.field("attributes").type]
    rows = [
        {
            "on": day,
            "subjects": [
                {"keys": list(one.keys), "day": one.day, "quantity": one.quantity, "amount": one.amount, "name": one.name or None}
                for one in case.subjects
            ],
            "labels": list(case.labels),
            "label_names": list(case.label_names),
            "attributes": {name: case.attributes.get(name) for name in names},
        }
        for case, day in zip(facts, on, strict=True)
    ]
    return pa.Table.from_pylist(rows, schema=schema)


def facts_from(table: Any) -> list[tuple[RuleFacts, date]]:
    """The cases of a table as objects, with their days of evaluation; a subject's id is its place (``0``, ``1`` ...)."""
    return [(_facts(row), row["on"]) for row in table.to_pylist()]


def _facts(row: Mapping[str, Any]) -> RuleFacts:
    subjects = tuple(
        Subject(str(place), tuple(one["keys"]), one["day"], one["quantity"], one["amount"], one["name"] or "")
        for place, one in enumerate(row["subjects"])
    )
    return RuleFacts(subjects, row["attributes"] or {}, tuple(row["labels"]), tuple(row["label_names"]))


def encode_table(table: Any, *, vocabulary: Vocabulary) -> Cases:
    """The cases of a table as arrays, equal to what ``encode.encode`` gives for them. Raises FactsInvalid for another form."""
    wrong = [field.name for field in CASES_SCHEMA if field.name not in table.schema.names]
    if wrong:
        raise FactsInvalid(f"the table of cases has no column {', '.join(wrong)}: see rules.compiled.arrow.CASES_SCHEMA")
    cases = facts_from(table)
    return encode([facts for facts, _ in cases], vocabulary=vocabulary, on=[day for _, day in cases])
