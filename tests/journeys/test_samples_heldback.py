"""Sample claims in layouts that the reading was never tuned to, through the real line with real reading, held against their truth.

Drawn anew from the seed at each run, on SQLite, through the command that a batch is handed in with. Takes a few minutes.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from anpei.samples import claims as sample_claims
from bench import homes, scoring
from bench.scoring import Score

SEED = 7
AT_LEAST_RIGHT = 30
SECONDS = 1500


@pytest.mark.timeout(SECONDS + 300)
def test_held_back_claims_end_in_the_expected_lane_to_the_cent_and_none_is_paid_wrongly(tmp_path: Path) -> None:
    folders = sample_claims.make(tmp_path / "claims", SEED, "heldback")
    ran, results = homes.run_claims(tmp_path / "home", folders, limit=SECONDS)
    assert [result["folder"] for result in results] == [str(folder) for folder in folders], ran.stderr[-2000:]
    scores = [scoring.score(result, scoring.truth_of(folder)) for result, folder in zip(results, folders, strict=True)]
    wrong = [f"{one.folder}: {one.wrong_payment}" for one in scores if one.wrong_payment]
    assert wrong == [], "paid wrongly:\n" + "\n".join(wrong)
    right = [one.folder for one in scores if one.right]
    assert len(right) >= AT_LEAST_RIGHT, f"{len(right)} of {len(scores)} claims are right, {AT_LEAST_RIGHT} are needed:\n{_told(scores)}"


def _told(scores: Sequence[Score]) -> str:
    return "\n".join(f"{one.folder}: {'; '.join(one.faults)}" for one in scores if not one.right)
