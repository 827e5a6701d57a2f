"""The bench of the compiled catalogue on a small drawing: every figure comes, no answer is wrong, the folder is left empty."""

import json
from pathlib import Path

import pytest

from bench import catalogue
from bench.figures import Report


def test_a_small_drawing_gives_every_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(catalogue, "SCALES", {"small": (9, 1_000)})
    monkeypatch.setattr(catalogue, "BATCH", 2_000)
    catalogue.measure(Report(quick=True), scale="small", folder=tmp_path, seed=5)
    figures = {line["figure"].removeprefix("catalogue."): line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert set(figures) == {
        "build_cpu", "bytes_an_entry", "open", "first_compiled_answer", "wrong_answers", "lookup_in_kernel", "lookup_python",
        "lookup_python_by_codes", "lookup_compiled_from_python", "item_id_python", "batch_compiled", "batch_compiled_by_region",
        "lines_of_claims_in_kernel", "batch_numpy", "codes_compiled", "compare_cpu",
    }  # fmt: skip
    wrong = figures["wrong_answers"]
    assert (wrong["value"], wrong["details"]["wrong"]) == (0, {"python": 0, "numpy": 0, "compiled_batch": 0, "compiled_single": 0})
    assert 0 < wrong["details"]["present"] < wrong["details"]["questions"]
    assert (figures["build_cpu"]["details"]["layers"], figures["compare_cpu"]["details"]["changed_items_found"]) == (2, 1)
    assert figures["build_cpu"]["details"]["entries"] > 5_000
    assert list(tmp_path.iterdir()) == []


def test_the_same_seed_draws_the_same_rows() -> None:
    def drawn(seed: int) -> list[list[int]]:
        return [chunk.word.tolist() for chunk in catalogue.Drawn(3, 500, seed).chunks()]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
