"""Runs replay work on Spark (``mapInArrow``): tables of past claims go to the executors as Arrow, results come back as Arrow.

Needs pyspark (extra ``spark``) and Java here, and on the executors this package and the folders of snapshots and rulebook under the same
paths. ``SPARK_HOME``, ``SPARK_CONF_DIR`` and the configuration of the cluster are Spark's own matter; without any, it runs on this machine.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from anpei.claims.replay.ports import TableWork
from anpei.kernel.errors import Unavailable

APPLICATION = "anpei-replay"


class SparkMissing(Unavailable):
    """Spark cannot run here: pyspark or Java is not installed."""

    code = "replay.spark_missing"


@dataclass(frozen=True, slots=True)
class SparkRunner:
    """``claims.replay.ports.TableRunner`` on Spark. ``master``: None takes what Spark is configured with, or ``cores`` of this machine."""

    cores: int = 2
    master: str | None = None

    def run(self, work: TableWork, *, claims: Path, schema: pa.Schema) -> Iterator[pa.Table]:
        """The tables that the work gives, partition by partition. Raises SparkMissing."""
        session = self._session()
        try:
            from pyspark.sql.pandas.types import from_arrow_schema

            read = session.read.parquet(str(claims))
            result = read.mapInArrow(_Batches(work), from_arrow_schema(schema))
            for batch in _collected(result):
                yield pa.Table.from_batches([batch]).cast(schema)
        finally:
            session.stop()

    def _session(self) -> Any:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise SparkMissing('pyspark is not installed: pip install "anpei[spark]", or leave out --runner spark') from error
        if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
            raise SparkMissing("Spark needs Java: install default-jre-headless (Debian), or leave out --runner spark")
        builder = SparkSession.builder.appName(APPLICATION).config("spark.ui.enabled", "false")
        if self.master is not None or not os.environ.get("SPARK_CONF_DIR"):
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            builder = builder.master(self.master or f"local[{self.cores}]")
            builder = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
        return builder.getOrCreate()


@dataclass(frozen=True, slots=True)
class _Batches:
    """The work as ``mapInArrow`` calls it on an executor."""

    work: TableWork

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield from self.work(pa.Table.from_batches([batch])).to_batches()


def _collected(result: Any) -> Iterator[pa.RecordBatch]:
    """The result as record batches, partition by partition where Spark can, so that the driver holds one at a time."""
    yield from result.toArrow().to_batches()
