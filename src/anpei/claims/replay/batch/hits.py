"""What the rules say of all claims at once: the findings of their hits, and the ids of the rows these rest on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from anpei.claims.decision.adjudication import UNDECIDED
from anpei.claims.replay.batch.frame import Coded, Frame, coded, lengths, lists_of, missing, whole
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
    found = machine_code.judge(rules, encode_table(_held_cases(frame, items), vocabulary=rules.vocabulary), False, False)
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


def _held_cases(frame: Frame, items: Items) -> pa.Table:
    """The cases; those of the pass before where it has seen the same lines by their codes and left the same claims out."""
    held = frame.held.get("cases")
    if held is None or not np.array_equal(held[0], items.present) or not np.array_equal(held[1], frame.odd):
        held = frame.held["cases"] = (items.present, frame.odd.copy(), _cases(frame, items))
    found: pa.Table = held[2]
    return found


def _cases(frame: Frame, items: Items) -> pa.Table:
    """The claims as ``rules.compiled.arrow`` takes them: lines by code where the catalogue has it, else by name; then other subjects."""
    code, name = frame.texts("lines.item_code"), frame.texts("lines.name")
    named = items.present | ~name.which([not value for value in name.values])
    lines = np.flatnonzero(named & ~frame.odd[frame.line_owner])
    more = frame.column("subjects")
    whose = np.repeat(np.arange(len(frame)), lengths(more))
    extra, whose = more.flatten().filter(pa.array(~frame.odd[whose])), whose[~frame.odd[whose]]
    owner = np.concatenate([frame.line_owner[lines], whose])
    order = np.argsort(owner, kind="stable")
    parts = {
        "keys": _keys(items.present[lines], code.take(lines), name.take(lines), extra.field("keys"), order),
        "day": pa.array(_days(frame, lines, extra)[order].astype("datetime64[D]"), pa.date32(), from_pandas=True),
        "quantity": pa.array(_whole(frame, lines, extra, ("quantity_milli", "quantity"), empty=1000)[order]),
        "amount": _amounts(frame, lines, extra, order), "name": _taken((name.take(lines), coded(extra.field("name"))), order),
    }  # fmt: skip
    subjects = pa.StructArray.from_arrays(list(parts.values()), names=list(parts))
    return pa.table(
        {
            "on": frame.column("occurred_on").fill_null(0), "subjects": lists_of(owner[order], subjects, len(frame)),
            **{name: frame.column(name) for name in ("labels", "label_names", "attributes")},
        }
    )  # fmt: skip


def _keys(present: Array, code: Coded, name: Coded, extra: Any, order: Array) -> Any:
    """One key a line (its code where the catalogue has it, else its name), and the keys of the other subjects; in an order of subjects."""
    further = coded(extra.flatten())
    numbers, texts = _together((code, name, further))
    first = np.where(present, numbers[0], numbers[1])
    counts = np.concatenate([np.ones(len(first), dtype=np.int64), lengths(extra)])
    starts = np.concatenate([[0], np.cumsum(counts)])[:-1][order]
    counts = counts[order]
    ends = np.concatenate([[0], np.cumsum(counts)])
    places = np.repeat(starts - ends[:-1], counts) + np.arange(int(ends[-1]))
    keys = pa.DictionaryArray.from_arrays(pa.array(np.concatenate([first, numbers[2]])[places].astype(np.int32)), texts)
    return pa.ListArray.from_arrays(pa.array(ends.astype(np.int32)), keys)


def _taken(parts: Sequence[Coded], order: Array) -> Any:
    """Texts of lines and of other subjects, in an order of subjects; no text is an empty one."""
    numbers, texts = _together(parts)
    return pa.DictionaryArray.from_arrays(pa.array(np.concatenate(numbers)[order].astype(np.int32)), texts)


def _together(parts: Sequence[Coded]) -> tuple[list[Array], Any]:
    """The numbers of all parts among their different texts."""
    known: dict[str, int] = {}
    numbers = [np.array([known.setdefault(value or "", len(known)) for value in part.values])[part.code] for part in parts]
    return numbers, pa.array(known, pa.string())


def _days(frame: Frame, lines: Array, extra: Any) -> Array:
    """Days since 1970 of lines and other subjects; ``NaT`` for none."""
    nothing = np.iinfo(np.int64).min
    return np.concatenate([whole(frame.lines.field("day"), nothing)[lines], whole(extra.field("day"), nothing)])


def _whole(frame: Frame, lines: Array, extra: Any, names: tuple[str, str], *, empty: int) -> Array:
    """Whole numbers of lines and other subjects; ``empty`` for zero and none."""
    found = np.concatenate([whole(frame.lines.field(names[0]))[lines], whole(extra.field(names[1]))])
    return np.where(found == 0, empty, found)


def _amounts(frame: Frame, lines: Array, extra: Any, order: Array) -> Any:
    amount = np.concatenate([whole(frame.lines.field("amount_fen"))[lines], whole(extra.field("amount"))])
    unknown = np.concatenate([np.zeros(len(lines), dtype=np.bool_), missing(extra.field("amount"))])
    return pa.array(amount[order], mask=unknown[order])


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
