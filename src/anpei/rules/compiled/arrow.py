"""Cases as an Arrow table, one row each: the form in which many cases are judged at once, without an object for each of them.

Columns: ``on`` the day of evaluation; ``subjects`` in their order, each with its keys, day, quantity (thousandths), amount (fen) and
normalised name; ``labels`` (codes) and ``label_names`` (normalised wordings); ``attributes``, a struct with one field for each attribute.
A field that is null, or that the table does not have, is unknown. Members of a case are named by their place. Keys and names may be
dictionaries of different texts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anpei.rules.columns import Array
from anpei.rules.compiled.bytecode import LARGEST
from anpei.rules.compiled.encode import UNKNOWN, Cases, Texts, Vocabulary, held
from anpei.rules.judging.evaluation import FactsInvalid
from anpei.rules.model import RuleFacts, Subject
from anpei.rules.templates.template import Template

EPOCH = date(1970, 1, 1).toordinal()
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


# --- encoding --------------------------------------------------------------------------------------------------------


def encode_table(table: Any, *, vocabulary: Vocabulary) -> Cases:
    """The cases of a table as arrays, equal to what ``encode.encode`` gives for them, without a loop over lines.

    Raises FactsInvalid for another form, and for numbers too large.
    """
    wrong = [field.name for field in CASES_SCHEMA if field.name not in table.schema.names]
    if wrong:
        raise FactsInvalid(f"the table of cases has no column {', '.join(wrong)}: see rules.compiled.arrow.CASES_SCHEMA")
    columns = {name: _whole(table.column(name)) for name in CASES_SCHEMA.names}
    subject_at, subjects = _lists(columns["subjects"])
    names = _part(subjects, "name", pa.string())
    first_key, key_at, key = _keys(_part(subjects, "keys", SUBJECT.field("keys").type), names, vocabulary)
    texts = Texts(vocabulary.texts)
    name = _numbers(names, texts, missing=UNKNOWN)
    (label_at, label), (wording_at, wording) = (_lists(columns[field]) for field in ("labels", "label_names"))
    numbered = [_numbers(found, texts, missing=UNKNOWN) for found in (label, wording)]
    attribute, known = _attributes(columns["attributes"], len(table), texts, vocabulary.facts)
    ends, content = texts.content()
    quantity = _amounts(_part(subjects, "quantity", pa.int64()), "quantity", None)
    amount = _amounts(_part(subjects, "amount", pa.int64()), "amount", UNKNOWN)
    return Cases(
        subject_at, key_at, key, first_key, _days(_part(subjects, "day", pa.date32())), quantity, amount, name, label_at, numbered[0],
        wording_at, numbered[1], attribute, known, _days(columns["on"]), np.array(ends, dtype=np.uint64),
        np.frombuffer(content, dtype=np.uint8), np.array([len(vocabulary.facts)], dtype=np.int64),
    )  # fmt: skip


def _whole(column: Any) -> Any:
    found = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)


def _lists(column: Any) -> tuple[Array, Any]:
    """Where the members of each list begin, one more for the end, and all members. No list at all is an empty one."""
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    at: Array = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    return at, column.flatten()


def _part(subjects: Any, name: str, kind: Any) -> Any:
    """One field of the subjects; one that the table does not have is unknown everywhere."""
    if subjects.type.get_field_index(name) < 0:
        return pa.nulls(len(subjects), kind)
    found = pc.struct_field(subjects, name)
    return found if found.type == kind or _is_coded(found.type, kind) else found.cast(kind)


def _is_coded(found: Any, kind: Any) -> bool:
    """Whether a type holds the same texts as numbers with a dictionary, which is as good: texts are numbered in any case."""
    if pa.types.is_list(found) and pa.types.is_list(kind):
        return _is_coded(found.value_type, kind.value_type)
    return bool(kind == pa.string() and pa.types.is_dictionary(found) and found.value_type == pa.string())


def _days(column: Any) -> Array:
    """Days as ordinals, 0 for unknown."""
    numbers: Array = pc.fill_null(column.cast(pa.int32()), -EPOCH).to_numpy(zero_copy_only=False)
    return numbers.astype(np.int64) + EPOCH


def _amounts(column: Any, what: str, missing: int | None) -> Array:
    """Whole numbers that kernels can hold. Raises FactsInvalid that names the first place where one is not, counted over all cases."""
    if missing is None and column.null_count:
        raise FactsInvalid(f"the {what} is missing at line {pc.index(column.is_null(), True).as_py()} of the table: give it")
    found: Array = pc.fill_null(column, 0).to_numpy(zero_copy_only=False)
    wrong = np.flatnonzero((found <= -LARGEST) | (found >= LARGEST))
    if len(wrong):
        held(int(found[wrong[0]]), f"the {what} at line {int(wrong[0])} of the table")
    if missing is not None and column.null_count:
        found = np.where(column.is_null().to_numpy(zero_copy_only=False), missing, found)
    return found.astype(np.int64)


def _numbers(column: Any, texts: Texts, *, missing: int) -> Array:
    """The numbers of texts: each different one is looked up once. ``missing`` stands for none (null or empty)."""
    coded = pc.dictionary_encode(column)
    different = coded.dictionary.to_pylist()
    known = np.empty(len(different) + 1, dtype=np.int64)
    told = iter(texts.numbers(text for text in different if text))
    known[:-1] = [next(told) if text else missing for text in different]
    known[-1] = missing
    found: Array = known[pc.fill_null(coded.indices, len(different)).to_numpy(zero_copy_only=False)]
    return found


def _attributes(column: Any, cases: int, texts: Texts, names: Sequence[str]) -> tuple[Array, Array]:
    """The attributes case by case, and which of them are known."""
    values, known = np.zeros((cases, len(names)), dtype=np.int64), np.zeros((cases, len(names)), dtype=np.uint8)
    for place, name in enumerate(names):
        if column.type.get_field_index(name) >= 0:
            found = pc.struct_field(column, name)
            known[:, place] = found.is_valid().to_numpy(zero_copy_only=False)
            values[:, place] = _attribute(found, name, texts)
    return values.reshape(-1), known.reshape(-1)


def _attribute(column: Any, name: str, texts: Texts) -> Array:
    if pa.types.is_string(column.type):
        return _numbers(column, texts, missing=0)
    if pa.types.is_date32(column.type):
        return np.where(column.is_valid().to_numpy(zero_copy_only=False), _days(column), 0)
    if pa.types.is_boolean(column.type) or pa.types.is_integer(column.type):
        return _amounts(pc.fill_null(column.cast(pa.int64()), 0), f"attribute {name}", None)
    raise FactsInvalid(f"the attribute {name} has the type {column.type}: there are whole numbers, texts, true and false, and days")


# --- keys ------------------------------------------------------------------------------------------------------------


def _keys(lists: Any, names: Any, vocabulary: Vocabulary) -> tuple[Array, Array, Array]:
    """A number for the first key of each subject, where its numbers begin, and the numbers of all texts that name it.

    Each different key is looked up once. Subjects that a pattern may name, or with a key twice, are asked for one combination at a time.
    """
    at, flat = _lists(lists)
    lengths = np.diff(at)
    if (lengths == 0).any() or flat.null_count:
        raise FactsInvalid("a subject of the table has no key, or a key that is null: give each subject a code or a name")
    coded = pc.dictionary_encode(flat)
    codes = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    exact, special = _looked_up(coded.dictionary, vocabulary)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    slow = np.zeros(len(lengths), dtype=np.bool_)
    slow[owner[special[codes]]] = True
    slow |= _repeated(owner, codes, len(lengths), lengths)
    found = exact[codes]
    plain = (found >= 0) & ~slow[owner]
    owners, numbers = owner[plain], found[plain]
    if slow.any():
        more_owners, more = _asked_one_by_one(np.flatnonzero(slow), lists, names, codes, at, vocabulary)
        order = np.argsort(np.concatenate([owners, more_owners]), kind="stable")
        owners, numbers = np.concatenate([owners, more_owners])[order], np.concatenate([numbers, more])[order]
    key_at = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=len(lengths)))]).astype(np.int64)
    return _by_appearance(codes[at[:-1]]), key_at, numbers.astype(np.int64)


def _looked_up(dictionary: Any, vocabulary: Vocabulary) -> tuple[Array, Array]:
    """The number of each different key, -1 for none, and whether more than an exact key may name it."""
    offsets, content = (
        np.frombuffer(buffer or b"", dtype=kind) for buffer, kind in zip(dictionary.buffers()[1:], (np.int32, np.uint8), strict=True)
    )
    if not len(dictionary):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
    exact = vocabulary.keys.numbers(offsets[dictionary.offset : dictionary.offset + len(dictionary) + 1], content)
    special = pc.ends_with(dictionary, "*")
    for length in vocabulary.patterns.lengths:
        beginnings = pc.utf8_slice_codeunits(dictionary, 0, length)
        special = pc.or_(special, pc.is_in(beginnings, value_set=pa.array(vocabulary.patterns.prefixes(length), pa.string())))
    return exact, special.to_numpy(zero_copy_only=False)


def _repeated(owner: Array, codes: Array, subjects: int, lengths: Array) -> Array:
    """Which subjects have a key twice."""
    found = np.zeros(subjects, dtype=np.bool_)
    if (lengths > 1).any():
        pairs, counts = np.unique(owner * (int(codes.max()) + 1) + codes, return_counts=True)
        found[pairs[counts > 1] // (int(codes.max()) + 1)] = True
    return found


def _asked_one_by_one(slow: Array, lists: Any, names: Any, codes: Array, at: Array, vocabulary: Vocabulary) -> tuple[Array, Array]:
    """Owner and number of all texts that name these subjects: each different combination of keys (and name) is asked for once."""
    combined = np.zeros(len(slow), dtype=np.int64)
    lengths = np.diff(at)[slow]
    if vocabulary.patterns.has_words:
        coded = pc.dictionary_encode(pc.fill_null(names.take(pa.array(slow)).cast(pa.string()), ""))
        combined = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    for place in range(int(lengths.max())):
        here = np.where(lengths > place, codes[np.minimum(at[slow] + place, len(codes) - 1)] + 1, 0)
        _, combined = np.unique(combined * (int(codes.max()) + 2) + here, return_inverse=True)
    _, first, which = np.unique(combined, return_index=True, return_inverse=True)
    chosen = pa.array(slow[first])
    asked = zip(lists.take(chosen).to_pylist(), pc.fill_null(names.take(chosen).cast(pa.string()), "").to_pylist(), strict=True)
    told = [vocabulary.numbers_of(tuple(keys), name) for keys, name in asked]
    counts = np.array([len(numbers) for numbers in told], dtype=np.int64)
    begins = np.concatenate([[0], np.cumsum(counts)])[:-1]
    flat = np.array([number for numbers in told for number in numbers], dtype=np.int64)
    size = counts[which]
    within = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    return np.repeat(slow, size), flat[np.repeat(begins[which], size) + within]


def _by_appearance(codes: Array) -> Array:
    """Codes numbered anew in the order in which they first come."""
    found: Array = pc.dictionary_encode(pa.array(codes)).indices.to_numpy(zero_copy_only=False)
    return found.astype(np.int64)
