"""Figures as lines and as a table."""

import json

from bench import table
from bench.figures import Figure, median_of

CONDITIONS = {
    "cores": 2, "cpu": "C", "memory_mb": 24151, "system": "S", "python": "3.11.7", "onnxruntime": "1", "rapidocr": "3", "sqlite": "3.40",
    "load_at_start": [1.5, 1, 1], "cores_busy_elsewhere": 0.25, "quick": False,
}  # fmt: skip


def test_a_line_carries_value_unit_runs_and_conditions() -> None:
    line = json.loads(median_of("a.b", [3.0, 1.0, 2.0], "s").line(CONDITIONS))
    assert {name: line[name] for name in ("figure", "value", "unit", "runs", "median", "min", "max", "p95")} == {
        "figure": "a.b", "value": 2.0, "unit": "s", "runs": 3, "median": 2.0, "min": 1.0, "max": 3.0, "p95": 3.0,
    }  # fmt: skip
    assert (line["values"], line["conditions"]) == ([3.0, 1.0, 2.0], CONDITIONS)


def test_the_table_shows_what_was_measured_and_nothing_else() -> None:
    figures = [
        Figure("heldback.claims_right", 0.1951, "share", ratios={"lane": 0.3}, details={"right": 8, "claims": 41}),
        median_of("start.second_to_paid_claim", [33.5, 30.0, 40.0], "s"),
        Figure("not.in.the.list", 1, "s"),
    ]
    lines = [json.loads(figure.line(CONDITIONS)) for figure in figures]
    told = table.render(lines).splitlines()
    assert told[:3] == [
        "| figure | measured | asked for | how |",
        "|---|---|---|---|",
        "| Second start to the paid claim | 33.5 s | 15 s | median of 3 runs, 30 to 40 |",
    ]
    assert told[3].endswith(" | 19.5% (8 of 41) | at least 30 claims | lane 30.0% |")
    assert told[4] == ""
    assert told[5].startswith("2 cores of C, 24 GB, S, Python 3.11.7, onnxruntime 1, RapidOCR 3, SQLite 3.40. ")
    assert told[5].endswith(" Load average at the start of the modules 1.5 to 1.5; other processes kept 0.25 to 0.25 cores busy meanwhile.")


def test_a_figure_that_was_not_reached_is_shown_as_such() -> None:
    lines = [json.loads(Figure("claim_line.photos_to_order", None, "s").line(CONDITIONS))]
    assert "| not reached |" in table.render(lines)
    assert "| 未达到 |" in table.render(lines, lang="zh")
