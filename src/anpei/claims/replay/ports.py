"""What replay asks of a runner beyond one machine: carry past claims to the work, table by table, and hand back what comes out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pyarrow as pa

TableWork = Callable[[pa.Table], pa.Table]
"""Past claims in, rows of one schema out. It can be pickled, and opens what it needs once a process."""


class TableRunner(Protocol):
    """Runs work over Parquet files somewhere: a cluster, another process model."""

    def run(self, work: TableWork, *, claims: Path, schema: pa.Schema) -> Iterator[pa.Table]:
        """The tables that the work gives (``schema``) for all past claims at ``claims``, in any order. Raises AnpeiError."""
        ...
