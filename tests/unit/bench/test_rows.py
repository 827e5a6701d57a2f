"""Every figure of the rows is of work that was done right."""

import json

import pytest

from bench import rows
from bench.figures import Report


def test_what_is_measured_is_right(capsys: pytest.CaptureFixture[str]) -> None:
    rows.measure(Report(quick=True), lines=1000)
    told = {line["figure"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert [name for name in told if not told[name]["details"].get("right", True)] == []
    assert list(told) == ["rows.import", "rows.import_again", "rows.check", "rows.columns", "rows.bytes_kept", "rows.refusals_told"]
    assert (told["rows.refusals_told"]["value"], told["rows.bytes_kept"]["details"]) == (20, {"rows": 990})
