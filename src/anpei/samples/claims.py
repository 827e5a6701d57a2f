"""Claim folders as customers send them: claim.yaml, photographed pages, the truth, and one policies.csv for all of them.

The format is described in ``docs/claim-folder.md``. The same seed gives the same folders.
"""

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from anpei.samples import pages
from anpei.samples.scenarios import PLAYED, scenario
from anpei.samples.stories import Story, tell

POLICY_COLUMNS = (
    "policy_number",
    "insurer",
    "product",
    "plan",
    "start_on",
    "end_on",
    "holder_name",
    "insured_name",
    "insured_id_type",
    "insured_id_number",
    "insured_phone",
    "insured_gender",
    "insured_birth_on",
    "social_insurance",
    "first_covered_on",
    "deductible_used",
    "limit_used",
)
Progress = Callable[[int, int, str], None]


def make(out: Path, seed: int, which: str, progress: Progress | None = None) -> list[Path]:
    """Write the claim folders of a set (known, heldback, unseen, fresh or all) and their ``policies.csv`` into ``out``.

    ``progress(done, total, name)`` is called after each folder. Returns the folders in the order in which they are to be handed
    in (a duplicate comes after its first). Raises UnknownSet.
    """
    pages.check_set(which)
    names = [(each, name) for each in PLAYED if which in {"all", each} for name in PLAYED[each]]
    folders: list[Path] = []
    policies: dict[str, Mapping[str, str]] = {}
    for number, (each, name) in enumerate(names, start=1):
        for story in tell(scenario(name), which=each, key=f"{seed}/{each}/{number}", label=f"{each}-{number:03d}"):
            folders.append(write_folder(out, story))
            policies[story.policy["policy_number"]] = story.policy
        if progress is not None:
            progress(number, len(names), name)
    write_policies(out, policies)
    return folders


def make_one(out: Path, seed: int, scenario_name: str, receipt_seed: int, *, which: str = "known") -> Path:
    """Write one more claim of a scenario, with a person, policy number and receipt of its own for each ``receipt_seed``.

    Its policy is added to ``policies.csv`` in ``out``. Of a duplicate, the first claim is written beside it and the second is
    returned. Raises UnknownScenario.
    """
    chosen = scenario(scenario_name)
    stories = tell(chosen, which=which, key=f"one/{seed}/{scenario_name}/{receipt_seed}", label=f"{scenario_name}-{seed}-{receipt_seed}")
    folders = [write_folder(out, story) for story in stories]
    known = read_policies(out)
    write_policies(out, {**known, **{story.policy["policy_number"]: story.policy for story in stories}})
    return folders[-1]


def write_folder(out: Path, story: Story) -> Path:
    """Draw and write one folder."""
    folder = out / story.name
    folder.mkdir(parents=True, exist_ok=True)
    truths: list[dict[str, Any]] = []
    for number, paper in enumerate(story.papers, start=1):
        effect = paper.effect or "phone"
        drawn = pages.draw(paper.layout, paper.document, seed=f"{story.key}/{number}", effect=effect)
        files = pages.write_files(folder, f"{number:02d}-{paper.document.kind}", drawn)
        truths += [page.truth(file.name) for page, file in zip(drawn, files, strict=True)]
    text = yaml.safe_dump(dict(story.claim), allow_unicode=True, sort_keys=False, width=120)
    (folder / "claim.yaml").write_text(text, encoding="utf-8")
    truth = json.dumps({**story.truth, "pages": truths}, ensure_ascii=False, indent=1)
    (folder / "truth.json").write_text(truth + "\n", encoding="utf-8")
    return folder


def read_policies(out: Path) -> dict[str, Mapping[str, str]]:
    """The policies written so far, by number; empty when there is no file."""
    path = out / "policies.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["policy_number"]: row for row in csv.DictReader(file)}


def write_policies(out: Path, policies: Mapping[str, Mapping[str, str]]) -> None:
    """Write ``policies.csv``, one row a policy."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "policies.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, POLICY_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(policies.values())
