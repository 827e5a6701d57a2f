"""What the rules say of all claims at once: the findings of their hits, and the ids of the rows these rest on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anpei.claims.decision.adjudication import UNDECIDED
from anpei.claims.replay.batch.frame import Frame, coded, lengths, lists_of, whole
from anpei.claims.replay.batch.items import Items
from anpei.rules.columns import Array
from anpei.rules.compiled import machine_code
from anpei.rules.compiled.arrow import encode_table
from anpei.rules.compiled.machine import CompiledRules
from anpei.rules.compiled.records import HIT, Records
from anpei.rules.judging.evaluation import needs_of

_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
ID_LENGTH = 33


@dataclass(frozen=True, slots=True)
class Hits:
    """``claim`` and ``finding`` (place in ``findings``) of each hit and undecided row; ``rules``: sorted rule ids by claim."""

    claim: Array
    finding: Array
    findings: tuple[str, ...]
    rules: Any


def hits_of(frame: Frame, items: Items, rules: CompiledRules) -> Hits:
    """Judge all claims. Claims with facts of another form, or numbers too large, are left to the reference."""
    _mark_attributes(frame, rules)
    found = machine_code.judge(rules, encode_table(_cases(frame, items), vocabulary=rules.vocabulary), False, False)
    frame.odd[np.flatnonzero(found.troubled)] = True
    records = found.records
    findings = (*(template.file.finding for template in rules.order), UNDECIDED)
    finding = np.where(records[:, 1] == HIT, records[:, 2], len(findings) - 1)
    return Hits(records[:, 0], finding, findings, _rule_ids(found, rules, len(frame)))


def _mark_attributes(frame: Frame, rules: CompiledRules) -> None:
    """Claims with an attribute that no template knows a value of: the reference says what is wrong."""
    attributes = frame.column("attributes")
    for _, need in needs_of(rules.templates):
        if need.values is not None and attributes.type.get_field_index(need.name) >= 0:
            given = coded(attributes.field(need.name))
            frame.odd[:] |= given.which([value is not None and value not in need.values for value in given.values])


def _cases(frame: Frame, items: Items) -> pa.Table:
    """The claims as ``rules.compiled.arrow`` takes them: lines by code where the catalogue has it, else by name, then the other subjects."""
    code, name = coded(frame.lines.field("item_code")), coded(frame.lines.field("name"))
    key = np.where(items.present, code.code % len(code.values), len(code.values) + name.code % len(name.values))
    texts = pa.array([*(value or "" for value in code.values), *(value or "" for value in name.values)], pa.string())
    named = items.present | ~name.which([not value for value in name.values])
    lines = np.flatnonzero(named & ~frame.odd[frame.line_owner])
    more = frame.column("subjects")
    whose = np.repeat(np.arange(len(frame)), lengths(more))
    extra = more.flatten().filter(pa.array(~frame.odd[whose]))
    owner = np.concatenate([frame.line_owner[lines], whose[~frame.odd[whose]]])
    order = np.argsort(owner, kind="stable")
    keys = _keys(key[lines], texts, extra.field("keys"))
    quantity = np.concatenate([whole(frame.lines.field("quantity_milli"))[lines], whole(extra.field("quantity"))])
    parts = {
        "keys": keys, "day": _joined(frame.lines.field("day"), lines, extra.field("day")),
        "quantity": pa.array(np.where(quantity == 0, 1000, quantity)),
        "amount": _joined(frame.lines.field("amount_fen"), lines, extra.field("amount")),
        "name": _joined(_plain(frame.lines.field("name")), lines, extra.field("name")),
    }  # fmt: skip
    taken = pa.array(order)
    subjects = pa.StructArray.from_arrays([part.take(taken) for part in parts.values()], names=list(parts))
    empty = pa.array([[]], pa.list_(pa.string()))[0]
    return pa.table(
        {
            "on": frame.column("occurred_on").fill_null(0), "subjects": lists_of(owner[order], subjects, len(frame)),
            "labels": pc.fill_null(frame.column("labels"), empty), "label_names": pc.fill_null(frame.column("label_names"), empty),
            "attributes": frame.column("attributes"),
        }
    )  # fmt: skip


def _keys(lines: Array, texts: Any, extra: Any) -> Any:
    """One key a line, then those of the other subjects, as lists of coded texts."""
    inner = extra.flatten()
    further = coded(inner)
    dictionary = pa.concat_arrays([texts, pa.array([value or "" for value in further.values], pa.string())])
    codes = np.concatenate([lines, len(texts) + further.code % len(further.values)]).astype(np.int32)
    counts = np.concatenate([np.ones(len(lines), dtype=np.int64), lengths(extra)])
    ends = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.DictionaryArray.from_arrays(pa.array(codes), dictionary))


def _joined(lines: Any, rows: Array, extra: Any) -> Any:
    taken = lines if len(rows) == len(lines) else lines.take(pa.array(rows))
    return pa.concat_arrays([taken.cast(extra.type), extra])


def _plain(column: Any) -> Any:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _rule_ids(found: Records, rules: CompiledRules, count: int) -> Any:
    """The ids of all rows found, by claim, each once, sorted."""
    at, held = found.records[:, 4], found.records[:, 5]
    claim = np.repeat(found.records[:, 0], held)
    place = found.rows[np.repeat(at - np.cumsum(held) + held, held) + np.arange(int(held.sum()))]
    high, low = rules.columns["row_id_high"][place], rules.columns["row_id_low"][place]
    order = np.lexsort((low, high, claim))
    claim, high, low = claim[order], high[order], low[order]
    first = np.ones(len(claim), dtype=np.bool_)
    first[1:] = (claim[1:] != claim[:-1]) | (high[1:] != high[:-1]) | (low[1:] != low[:-1])
    return lists_of(claim[first], _texts(high[first], low[first]), count)


def _texts(high: Array, low: Array) -> Any:
    """Ids as texts: ``r`` and 32 hexadecimal digits."""
    count = len(high)
    numbers = np.stack([high, low], axis=1).astype(">u8").view(np.uint8).reshape(count, 16)
    signs = np.empty((count, ID_LENGTH), dtype=np.uint8)
    signs[:, 0] = ord("r")
    signs[:, 1::2], signs[:, 2::2] = _HEX[numbers >> 4], _HEX[numbers & 15]
    ends = (np.arange(count + 1) * ID_LENGTH).astype(np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(ends.tobytes()), pa.py_buffer(signs.tobytes()))
