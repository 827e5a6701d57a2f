"""Spark gives what one process gives. Runs where pyspark and Java are installed, and says so where they are not."""

import importlib.util
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from anpei.claims.replay import operations
from anpei.claims.replay.operations import Order
from anpei.connectors.spark_runner import SparkMissing, SparkRunner
from tests.factories import replays

HAS_SPARK = importlib.util.find_spec("pyspark") is not None
needs_spark = pytest.mark.skipif(
    not HAS_SPARK or shutil.which("java") is None,
    reason='Spark is not installed: pip install "anpei[spark]" and Debian\'s default-jre-headless',
)


def silent(_done: int, _whole: int) -> None:
    """No progress."""


@needs_spark
@pytest.mark.timeout(900)
def test_spark_reports_what_one_process_reports(tmp_path: Path) -> None:
    claims = replays.write(tmp_path)
    reports = [tmp_path / "here", tmp_path / "spark"]
    for out, runner in zip(reports, (None, SparkRunner(cores=2)), strict=True):
        operations.replay(Order(replays.work(), claims, out, runner=runner), progress=silent)
    here, spark = (json.loads((out / "summary.json").read_text()) for out in reports)
    assert spark == here
    assert here["counts"]["claims"] == replays.CLAIMS
    tables = [pq.read_table(out / "differences.parquet").sort_by("claim_no") for out in reports]
    assert tables[0].equals(tables[1])


def test_without_java_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    wanted = "Spark needs Java" if HAS_SPARK else "pyspark is not installed"
    with pytest.raises(SparkMissing, match=wanted):
        next(SparkRunner().run(replays.work(), claims=tmp_path / "past.parquet", schema=replays.past_claims().schema))
