"""What is counted over past claims (计数): plain whole numbers in nested mappings, so that the counts of parts are added up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from anpei.claims.replay.comparing import FOLLOWS, unequal
from anpei.rules.columns import Array

Tally = dict[str, Any]
RECORD_COLUMNS = ("product_id", "then.decision", "then.by", "then.total_fen")
"""What is counted of every past claim, touched or not."""


def add_up(parts: Iterable[Mapping[str, Any]]) -> Tally:
    """The sum of tallies, name by name."""
    total: Tally = {}
    for part in parts:
        _add(total, part)
    return total


def _add(total: Tally, part: Mapping[str, Any]) -> None:
    for name, value in part.items():
        if isinstance(value, Mapping):
            _add(total.setdefault(name, {}), value)
        else:
            total[name] = total.get(name, 0) + value


def of_record(table: pa.Table) -> Tally:
    """What the record says of all past claims: how many, by product how many the machine settled, and what was paid."""
    then = table["then"].combine_chunks() if isinstance(table["then"], pa.ChunkedArray) else table["then"]
    decision, by = (then.field(name) for name in ("decision", "by"))
    settled = _is(decision, "settle", "reduce")
    automatic = _is(decision, "settle") & _is(by, "machine")
    fen = then.field("total_fen").fill_null(0).to_numpy(zero_copy_only=False)
    products = table["product_id"].combine_chunks() if isinstance(table["product_id"], pa.ChunkedArray) else table["product_id"]
    coded = products.dictionary_encode() if not pa.types.is_dictionary(products.type) else products
    code = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    found: Tally = {"claims": len(table), "automatic_then": int(automatic.sum()), "paid_then_fen": int(fen[settled].sum()), "products": {}}
    for number, name in [*enumerate(coded.dictionary.to_pylist()), (-1, "")]:
        mine = code == number
        if mine.any():
            paid = int(fen[mine & settled].sum())
            found["products"][name] = {"claims": int(mine.sum()), "automatic_then": int((mine & automatic).sum()), "paid_then_fen": paid}
    return found


def _is(column: Any, *values: str) -> Array:
    found: Array = np.isin(column.cast(pa.string()).fill_null("").to_numpy(zero_copy_only=False).astype(str), values)
    return found


def of_replayed(past: pa.Table, old: pa.Table, new: pa.Table) -> Tally:
    """What is counted of the claims that were decided again: how many, how many could not be, and how many stand otherwise on record."""
    then = past["then"].combine_chunks() if isinstance(past["then"], pa.ChunkedArray) else past["then"]
    settled = _is(then.field("decision"), "settle") & _is(then.field("by"), "machine")
    apart = settled & (unequal(then.field("total_fen"), old["total_fen"]) | ~_is(_flat(old["decision"]), "settle"))
    unread = (old["problem"].is_valid().to_numpy() | new["problem"].is_valid().to_numpy()) if len(old) else np.zeros(0, np.bool_)
    automatic = {f"automatic_{side}": int(_is(_flat(table["decision"]), "settle").sum()) for side, table in (("old", old), ("new", new))}
    return {"replayed": len(past), "unread": int(unread.sum()), "unlike_record": int((apart & ~unread).sum()), **automatic}


def _flat(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def of_differences(rows: Sequence[Mapping[str, Any]]) -> Tally:
    """What is counted of the claims on which the passes differ."""
    total: Tally = {"differ": len(rows), "follows": dict.fromkeys(FOLLOWS, 0)}
    for row in rows:
        _add(total, _of_one(row))
    return total


def _of_one(row: Mapping[str, Any]) -> Tally:
    """The counts of one difference."""
    changed = set(row["changed"])
    auto = int(row["new_decision"] == "settle") - int(row["old_decision"] == "settle")
    fen = row["difference_fen"] or 0
    money: Tally = {}
    if row["follows"] == "supplement":
        money = {"supplements": 1, "supplement_fen": fen}
    elif row["follows"] == "overpaid":
        money = {"overpaid": 1, "overpaid_fen": -fen}
    shift: Tally = {
        "differ": 1, "automatic_change": auto, "old_settled_fen": _settled(row, "old"), "new_settled_fen": _settled(row, "new"), **money,
    }  # fmt: skip
    reasons: Tally = {}
    for side in ("old", "new"):
        for code in row[f"{side}_reasons"] or ():
            _add(reasons, {code: {side: 1}})
    return {
        **{name: value for name, value in shift.items() if name != "differ"},
        **{f"{name}_changed": int(column in changed) for name, column in _SEEN},
        "hits_only": int(bool(changed) and changed <= {"rules"}), "follows": {row["follows"]: 1},
        "products": {row["product_id"] or "": shift},
        "causes": {cause: {"claims": 1, **money} for cause in row["causes"]}, "reasons": reasons,
        "moves": {f"{row['old_lane']}>{row['new_lane']}": 1} if "lane" in changed else {},
        "rules": {rule: {"new": 1} for rule in row["rules_new"]} | {rule: {"gone": 1} for rule in row["rules_gone"]},
        "uses_change": int(row["uses_change"]),
    }  # fmt: skip


_SEEN = (("decision", "decision"), ("lane", "lane"), ("amount", "total_fen"))


def _settled(row: Mapping[str, Any], side: str) -> int:
    return int(row[f"{side}_total_fen"] or 0) if row[f"{side}_decision"] == "settle" else 0
