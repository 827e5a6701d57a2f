"""All claims of a table decided at once: items, hits, amounts and findings put together as the live line puts them together for one."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from anpei.claims.audit.model import FindingsTable, Outcome
from anpei.claims.dossier.model import Lane
from anpei.claims.replay.batch.amounts import Amounts, amounts_of
from anpei.claims.replay.batch.findings import Found, findings_of
from anpei.claims.replay.batch.frame import Frame, lists_of, whole
from anpei.claims.replay.batch.hits import hits_of
from anpei.claims.replay.batch.items import EPOCH, items_of
from anpei.claims.replay.schema import DECIDED
from anpei.kernel.errors import NotFound
from anpei.records.products.library import ProductLibrary
from anpei.records.products.model import Terms
from anpei.rules.columns import Array
from anpei.rules.snapshots.snapshot import Snapshot

LANES = (Lane.UNATTENDED, Lane.FAST, Lane.SPECIALIST, Lane.INVESTIGATION)
One = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Decides one row: the reference."""


def decide_frame(frame: Frame, *, snapshot: Snapshot, products: ProductLibrary, findings: FindingsTable, reference: One) -> pa.Table:
    """Decide past claims: one row of ``schema.DECIDED`` each, in their order. Each pass takes the frame anew (``Frame.anew``)."""
    if not len(frame):
        return DECIDED.empty_table()
    groups = _groups(frame, products)
    items = items_of(frame, snapshot.catalogue)
    hits = hits_of(frame, items, snapshot.rules)
    found = findings_of(frame, table=findings, items=items, hits=hits, groups=groups)
    amounts = amounts_of(frame, items, groups)
    for claim, code in amounts.problems:
        if not found.add(np.array([claim]), code):
            frame.odd[claim] = True
    made = _conclude(frame, found, amounts, findings)
    digests = np.full(len(frame), -1, dtype=np.int64)
    for number, (_, rows) in groups.items():
        digests[rows] = number
    terms = pa.array([terms.digest for terms, _ in groups.values()], pa.string()).take(pa.array(digests, mask=digests < 0))
    columns = {
        "claim_no": frame.column("claim_no"),
        **made,
        "lines": amounts.lines(),
        "uses": amounts.uses(),
        "rules": hits.rules,
        "terms": terms,
    }
    empty = {name: pa.nulls(len(frame), DECIDED.field(name).type) for name in ("problem", "told")}
    decided = pa.table([{**columns, **empty}[field.name].cast(field.type) for field in DECIDED], schema=DECIDED)
    return _with_odd(decided, frame, reference)


def _groups(frame: Frame, products: ProductLibrary) -> dict[int, tuple[Terms, Array]]:
    """The terms that hold, each with its claims (ascending). Claims without any are left to the reference."""
    columns = [frame.texts("product_id"), frame.texts("plan")]
    day = whole(frame.column("occurred_on"))
    usable = ~frame.odd
    keys = np.stack([*(column.code for column in columns), day])
    combos, which = np.unique(keys, axis=1, return_inverse=True)
    which = which.reshape(-1)
    known: dict[str, int] = {}
    terms_of: list[Terms] = []
    group = np.full(combos.shape[1], -1, dtype=np.int64)
    for place, (product, plan, on) in enumerate(combos.T.tolist()):
        try:
            terms = products.terms(columns[0].values[product] or "", columns[1].values[plan] or "", at=date.fromordinal(on + EPOCH))
        except NotFound:
            continue
        group[place] = known.setdefault(terms.digest, len(terms_of))
        if group[place] == len(terms_of):
            terms_of.append(terms)
    chosen = group[which]
    frame.odd[chosen < 0] = True
    return {number: (terms, np.flatnonzero((chosen == number) & usable)) for number, terms in enumerate(terms_of)}


def _conclude(frame: Frame, found: Found, amounts: Amounts, table: FindingsTable) -> dict[str, Any]:
    """Decision, lane, reasons and amount, as ``adjudication.conclude`` gives them."""
    asks = np.array([table.kinds[code].outcome in (Outcome.REFER, Outcome.WANTING) for code in found.codes])
    from_findings = (found.flags & asks).any(axis=1)
    on, limits = frame.column("automation_on").fill_null(False), frame.column("limit_fen")
    off = ~on.to_numpy(zero_copy_only=False).astype(np.bool_)
    limit = whole(limits, np.iinfo(np.int64).max)
    above = amounts.known & (amounts.total_fen > limit)
    zero = amounts.known & ~above & (amounts.total_fen == 0) & ~amounts.by_arithmetic
    none = ~amounts.known & ~from_findings & ~off
    reasons = found.flags & asks
    for claims, code in ((off, "automation.switched_off"), (above, "amount.above_authority"), (zero, "benefit.zero_unexplained"),
                         (none, "bill.total_missing")):  # fmt: skip
        reasons[claims, found.codes.index(code)] = True
    refer = reasons.any(axis=1)
    weights = np.array([LANES.index(table.kinds[code].lane) if ask else 0 for code, ask in zip(found.codes, asks, strict=True)])
    lane = np.where(reasons & asks, weights, 0).max(axis=1)
    lane = np.maximum(lane, np.where(amounts.known & (amounts.total_fen > table.unattended_limit_fen), LANES.index(Lane.FAST), 0))
    claim, place = np.nonzero(reasons)
    names = pa.array(found.codes, pa.string()).take(pa.array(place))
    return {
        "decision": pa.array(["settle", "refer"], pa.string()).take(pa.array(refer.astype(np.int8))),
        "lane": pa.array([one.value for one in LANES], pa.string()).take(pa.array(lane)),
        "reasons": lists_of(claim, names, len(frame)), "total_fen": pa.array(amounts.total_fen, mask=~amounts.known),
    }  # fmt: skip


def _with_odd(decided: pa.Table, frame: Frame, reference: One) -> pa.Table:
    """The claims that were left to the reference, decided by it, each at its place."""
    odd = np.flatnonzero(frame.odd)
    if not len(odd):
        return decided
    rows = [dict(reference(row)) for row in frame.table.take(pa.array(odd)).to_pylist()]
    both = pa.concat_tables([decided, pa.Table.from_pylist(rows, schema=DECIDED)])
    order = np.arange(len(decided))
    order[odd] = len(decided) + np.arange(len(odd))
    return both.take(pa.array(order))
