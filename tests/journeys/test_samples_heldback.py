"""Sample claims in layouts that the reading was never tuned to, through the real line with real reading, held against their truth.

Drawn anew from the seed at each run, on SQLite, through the command that a batch is handed in with. Takes a few minutes.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from anpei.samples import claims as sample_claims
from bench import homes, scoring

SEED = 7
SECONDS = 1500


@pytest.mark.first
@pytest.mark.timeout(SECONDS + 300)
def test_no_held_back_claim_is_paid_wrongly_and_each_comes_to_rest(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    folders = sample_claims.make(tmp_path / "claims", SEED, "heldback")
    ran, results = homes.run_claims(tmp_path / "home", folders, limit=SECONDS)
    assert [result["folder"] for result in results] == [str(folder) for folder in folders], ran.stderr[-2000:]
    assert [result["error"] for result in results if "error" in result] == []
    scores = [scoring.score(result, scoring.truth_of(folder)) for result, folder in zip(results, folders, strict=True)]
    record_property("right", sum(one.right for one in scores))
    wrong = [f"{one.folder}: {one.wrong_payment}" for one in scores if one.wrong_payment]
    assert wrong == [], "paid wrongly:\n" + "\n".join(wrong)
