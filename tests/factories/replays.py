"""A drawn pair of snapshots with past claims of fictional persons, made once, for tests of the replay."""

import tempfile
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from anpei.claims.replay.passes import PassPlan, open_pass
from anpei.claims.replay.work import ReplayWork
from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.templates.library import load_templates
from anpei.samples.replay.drawing import Drawn, history
from anpei.samples.replay.snapshots import drawn_pair
from anpei.samples.replay.writing import items_of, plans_of

CLAIMS, GROUP = 240, 60


@lru_cache(maxsize=1)
def _held() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="replay-")


@lru_cache(maxsize=1)
def plans() -> tuple[PassPlan, PassPlan]:
    """Two snapshots that differ in twenty-four items."""
    pair = drawn_pair(Path(_held().name), templates=load_templates(shipped_rulebook()), rows=2_000, seed=11, changed=24)
    return PassPlan(pair[0].folder), PassPlan(pair[1].folder)


@lru_cache(maxsize=1)
def past_claims() -> pa.Table:
    """Past claims as the old snapshot decided them."""
    opened = open_pass(plans()[0])
    drawn = Drawn(CLAIMS, 12, items_of(opened), plans_of(opened), lines=6)
    return pa.concat_tables(history(drawn, opened)).unify_dictionaries()


def write(folder: Path, table: pa.Table | None = None) -> Path:
    """Past claims as a file of several row groups."""
    path = folder / "past.parquet"
    pq.write_table(past_claims() if table is None else table, path, row_group_size=GROUP)
    return path


def work(*, prune: bool = True) -> ReplayWork:
    """The replay of the pair."""
    return ReplayWork(*plans(), prune=prune)
