"""A pass (一遍): one snapshot with its rulebook, opened once a process, that decides past claims as the live line would.

``decide`` is the contract: an Arrow table of past claims in, an Arrow table of decisions out, row by row, depending on nothing else.
"""

from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import pyarrow as pa

from anpei.claims.audit.model import FindingsTable, load_findings
from anpei.claims.replay import reference
from anpei.claims.replay.batch.deciding import One, decide_frame
from anpei.claims.replay.batch.frame import Frame, frame_of
from anpei.claims.replay.schema import DECIDED, conform
from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.canonical import digest
from anpei.kernel.errors import NotFound
from anpei.records.products.library import ProductLibrary, load_library
from anpei.rules.snapshots.snapshot import Snapshot, open_snapshot


@dataclass(frozen=True, slots=True)
class PassPlan:
    """Which knowledge a pass decides by: the folder of a snapshot, and the adopter's rulebook folder (None: what is shipped)."""

    snapshot: Path
    rulebook: Path | None = None


@dataclass(frozen=True, repr=False)
class OpenedPass:
    """A pass at work: snapshot, products and findings table."""

    snapshot: Snapshot
    products: ProductLibrary
    table: FindingsTable

    @property
    def key(self) -> str:
        """The digest of all that it decides by: equal keys decide equally."""
        products = [file.model_dump(mode="json") for file in self.products.files()]
        kinds = {code: kind.model_dump(mode="json") for code, kind in self.table.kinds.items()}
        return digest({"snapshot": self.snapshot.id, "products": products, "findings": self.table.to_dict(), "kinds": kinds})


@lru_cache(maxsize=4)
def open_pass(plan: PassPlan) -> OpenedPass:
    """Open a pass; asked again in this process, the opened one. Raises NotFound, SnapshotDamaged, KnowledgeError."""
    if not plan.snapshot.is_dir():
        raise NotFound(
            f"there is no snapshot {plan.snapshot.name[:80]}: give the id of one that was compiled, or its folder",
            data={"snapshot": plan.snapshot.name[:80]},
        )
    rulebook = shipped_rulebook(plan.rulebook)
    return OpenedPass(open_snapshot(plan.snapshot), load_library(rulebook), load_findings(rulebook))


def decide(table: pa.Table, *, opened: OpenedPass) -> pa.Table:
    """Decide past claims (``schema.PAST``): one row of ``schema.DECIDED`` each, in their order. What cannot be decided says why."""
    return _decide(frame_of(conform(table)), opened)


def decide_twice(table: pa.Table, *, opened: tuple[OpenedPass, OpenedPass]) -> tuple[pa.Table, pa.Table]:
    """What two passes decide, each as ``decide`` gives it; what does not depend on the pass is worked out once."""
    frame = frame_of(conform(table))
    return _decide(frame.anew(), opened[0]), _decide(frame.anew(), opened[1])


def _decide(frame: Frame, opened: OpenedPass) -> pa.Table:
    return decide_frame(frame, snapshot=opened.snapshot, products=opened.products, findings=opened.table, reference=_one(opened))


def decide_by_reference(table: pa.Table, *, opened: OpenedPass) -> pa.Table:
    """The same, claim by claim by the functions of the live line: what ``decide`` must equal."""
    one = _one(opened)
    return pa.Table.from_pylist([dict(one(row)) for row in conform(table).to_pylist()], schema=DECIDED)


def _one(opened: OpenedPass) -> One:
    return partial(reference.decide_row, snapshot=opened.snapshot, products=opened.products, table=opened.table)
