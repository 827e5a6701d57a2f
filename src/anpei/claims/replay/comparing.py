"""Two decisions of the same past claims side by side: what differs, what follows for the person who was paid, and all that is counted."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anpei.claims.replay.schema import DAY, TEXT, WHOLE
from anpei.rules.columns import Array

LINE_CHANGE = pa.struct([("line", TEXT), ("coverage", TEXT), ("paid_fen", WHOLE), ("due_fen", WHOLE)])
_SIDE = (("decision", TEXT), ("lane", TEXT), ("total_fen", WHOLE), ("reasons", pa.list_(TEXT)), ("problem", TEXT))
DIFFERENCES = pa.schema(
    [
        ("claim_no", TEXT), ("policy", TEXT), ("insurer", TEXT), ("product_id", TEXT), ("plan", TEXT), ("occurred_on", DAY),
        ("decided_on", DAY), ("then_decision", TEXT), ("then_by", TEXT), ("then_fen", WHOLE),
        *((f"{side}_{name}", kind) for side in ("old", "new") for name, kind in _SIDE),
        ("told", TEXT), ("changed", pa.list_(TEXT)), ("causes", pa.list_(TEXT)), ("rules_gone", pa.list_(TEXT)),
        ("rules_new", pa.list_(TEXT)), ("uses_change", pa.bool_()), ("follows", TEXT), ("difference_fen", WHOLE),
        ("lines", pa.list_(LINE_CHANGE)),
    ]
)  # fmt: skip
"""One row for each past claim on which the passes differ. ``follows``: supplement (paid too little), overpaid (paid too much, for a person
to know), person (the record stands apart from the old rules, or a person had decided), lane (who works on it changes), open (not decided
then), nothing, unread. ``difference_fen``: due by the new rules less what was paid, where that follows by arithmetic."""

COMPARED = ("decision", "lane", "reasons", "total_fen", "lines", "rules", "problem")
PAYS = frozenset({"settle"})
FOLLOWS = ("supplement", "overpaid", "person", "lane", "open", "nothing", "unread")


def differing(old: pa.Table, new: pa.Table) -> Array:
    """One flag a row: whether the passes differ in anything that is compared, or in what is used of limits, or could not decide."""
    found = (old["problem"].is_valid().to_numpy() | new["problem"].is_valid().to_numpy()) if len(old) else np.zeros(0, dtype=np.bool_)
    for name in (*COMPARED, "uses"):
        found |= unequal(old[name], new[name])
    return found


def unequal(one: Any, two: Any) -> Array:
    """One flag a row: whether two columns of one type differ. Two nulls are equal."""
    one, two = (column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column for column in (one, two))
    if pa.types.is_list(one.type):
        return _unequal_lists(one, two)
    if pa.types.is_struct(one.type):
        found = np.zeros(len(one), dtype=np.bool_)
        for field in one.type:
            found |= unequal(one.field(field.name), two.field(field.name))
        return found
    differs = pc.not_equal(one, two).fill_null(False).to_numpy(zero_copy_only=False)
    gone = one.is_null().to_numpy(zero_copy_only=False) != two.is_null().to_numpy(zero_copy_only=False)
    flags: Array = differs | gone
    return flags


def _unequal_lists(one: Any, two: Any) -> Array:
    lengths = [pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False) for lists in (one, two)]
    found: Array = lengths[0] != lengths[1]
    same = np.flatnonzero(~found)
    if len(same):
        inner = [lists.take(pa.array(same)).flatten() for lists in (one, two)]
        owner = np.repeat(same, lengths[0][same])
        found[owner[unequal(*inner)]] = True
    return found


def differences(past: pa.Table, old: pa.Table, new: pa.Table, *, catalogue: Array) -> list[dict[str, Any]]:
    """The rows (of ``DIFFERENCES``) on which two passes differ, with what follows. ``catalogue``: claims with an item that it changed."""
    rows = np.flatnonzero(differing(old, new))
    place = pa.array(rows)
    columns = ["claim_no", "policy", "insurer", "product_id", "plan", "occurred_on", "decided_on", "then"]
    sides = (past.select(columns).take(place).to_pylist(), old.take(place).to_pylist(), new.take(place).to_pylist())
    return [_difference(*row, catalogue=bool(catalogue[number])) for number, *row in zip(rows.tolist(), *sides, strict=True)]


def _difference(past: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any], *, catalogue: bool) -> dict[str, Any]:
    then = past["then"] or {}
    follows = follow(then, old, new)
    paid = then.get("total_fen") if then.get("decision") in ("settle", "reduce") else None
    due = new["total_fen"] if new["decision"] in PAYS else None
    told = follows in ("supplement", "overpaid") or (follows == "person" and due is not None)
    gone, more = set(old["rules"]) - set(new["rules"]), set(new["rules"]) - set(old["rules"])
    return {
        **{name: past[name] for name in ("claim_no", "policy", "insurer", "product_id", "plan", "occurred_on", "decided_on")},
        "then_decision": then.get("decision"), "then_by": then.get("by"), "then_fen": paid,
        **{f"{side}_{name}": row[name] for side, row in (("old", old), ("new", new)) for name, _ in _SIDE},
        "told": new["told"] or old["told"], "changed": [name for name in COMPARED if old[name] != new[name]],
        "causes": list(_causes(old, new, bool(gone or more), catalogue)), "rules_gone": sorted(gone), "rules_new": sorted(more),
        "uses_change": old["uses"] != new["uses"], "follows": follows,
        "difference_fen": due - (paid or 0) if told and due is not None else None,
        "lines": list(_lines(then.get("lines") or [], new["lines"])) if told else [],
    }  # fmt: skip


def follow(then: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """What follows for a claim on which the passes differ (one of ``FOLLOWS``). Money only by arithmetic on a settled claim whose record
    is what the old rules give; nothing is ever taken back, and what a person decided stays with a person."""
    if old["problem"] or new["problem"]:
        return "unread"
    decision = then.get("decision")
    if decision in ("refuse", "reduce"):
        return "person"
    if decision != "settle":
        return "open"
    if new["decision"] not in PAYS:
        return "lane" if new["decision"] != old["decision"] or new["lane"] != old["lane"] else "nothing"
    if then.get("total_fen") != old["total_fen"]:
        return "person"
    if new["total_fen"] != old["total_fen"]:
        return "supplement" if new["total_fen"] > old["total_fen"] else "overpaid"
    return "lane" if (old["decision"], old["lane"]) != (new["decision"], new["lane"]) else "nothing"


def _causes(old: Mapping[str, Any], new: Mapping[str, Any], rules: bool, catalogue: bool) -> Iterator[str]:
    """What in the knowledge made the difference: product, rules, catalogue; else the findings table."""
    found = [name for name, holds in (("product", old["terms"] != new["terms"]), ("rules", rules), ("catalogue", catalogue)) if holds]
    yield from found or ["findings"]


def _lines(paid: list[dict[str, Any]], due: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The lines whose amount is another one now."""
    before, after = ({line["line"]: line for line in lines} for lines in (paid, due))
    for name in dict.fromkeys([*before, *after]):
        one, two = before.get(name, {}), after.get(name, {})
        was, now = one.get("payable_fen") or 0, two.get("payable_fen") or 0
        if was != now:
            yield {"line": name, "coverage": two.get("coverage") or one.get("coverage"), "paid_fen": was, "due_fen": now}
