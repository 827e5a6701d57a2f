"""The work of one worker: past claims in, differences and counts out. Any runner may carry it: it holds paths and opens once a process."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa

from anpei.claims.replay.changes import Changes, changes_between
from anpei.claims.replay.comparing import DIFFERENCES, differences
from anpei.claims.replay.passes import OpenedPass, PassPlan, decide_twice, open_pass
from anpei.claims.replay.schema import check_columns, conform
from anpei.claims.replay.tally import Tally, add_up, of_differences, of_record, of_replayed

RESULT = DIFFERENCES.append(pa.field("tally", pa.string()))
"""Differences; the counts of a batch stand as JSON in a row of their own, so that any runner carries both."""
BATCH = 10_000
"""Past claims decided at once, so that memory stays bounded whatever the file."""


@dataclass(frozen=True, slots=True)
class ReplayWork:
    """Decide past claims by two passes and compare. ``prune``: leave out what nothing that differs can touch."""

    old: PassPlan
    new: PassPlan
    prune: bool = True

    def __call__(self, table: pa.Table) -> pa.Table:
        """Past claims (``schema.PAST``) to rows of ``RESULT``. Raises PastClaimsInvalid for columns that are missing or of another type."""
        check_columns(table.schema, where="the table")
        found, tally = self.compare(table, touched=self.touched(table))
        empty = pa.nulls(len(found), pa.string())
        counts = pa.Table.from_pylist([{"tally": json.dumps(add_up([of_record(conform(table)), tally]))}], schema=RESULT)
        return pa.concat_tables([found.append_column("tally", empty), counts])

    def touched(self, table: pa.Table) -> Any:
        """One flag a past claim: whether it must be decided again."""
        return changes(self.old, self.new).touched(table) if self.prune else np.ones(len(table), dtype=np.bool_)

    def compare(self, table: pa.Table, *, touched: Any) -> tuple[pa.Table, Tally]:
        """The differences among the touched past claims, and what is counted of them."""
        parts: list[pa.Table] = [DIFFERENCES.empty_table()]
        tallies: list[Tally] = [{"touched": int(touched.sum())}]
        chosen = table if touched.all() else table.filter(pa.array(touched))
        for start in range(0, len(chosen), BATCH):
            found, tally = self._compared(conform(chosen.slice(start, BATCH)))
            parts.append(found)
            tallies.append(tally)
        return pa.concat_tables(parts), add_up(tallies)

    def _compared(self, past: pa.Table) -> tuple[pa.Table, Tally]:
        old, new = decide_twice(past, opened=self.opened())
        found = differences(past, old, new, catalogue=changes(self.old, self.new).catalogued(past))
        return pa.Table.from_pylist(found, schema=DIFFERENCES), add_up([of_replayed(past, old, new), of_differences(found)])

    def opened(self) -> tuple[OpenedPass, OpenedPass]:
        """Both passes, opened."""
        return open_pass(self.old), open_pass(self.new)


@lru_cache(maxsize=2)
def changes(old: PassPlan, new: PassPlan) -> Changes:
    """What two passes differ in, found once a process."""
    return changes_between(open_pass(old), open_pass(new))
