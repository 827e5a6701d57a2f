"""Decisions are short, numbered, and each names a check that exists."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import sources

FOLDER = sources.ROOT / "docs" / "decisions"
HEADINGS = ["Decision", "Why", "Consequences", "Check"]
LINES = 60


def targets() -> set[str]:
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z]+):", (sources.ROOT / "Makefile").read_text(), re.MULTILINE))


def settings() -> tuple[set[str], list[str]]:
    """The names of the import contracts, and the rules that ruff runs."""
    with (sources.ROOT / "pyproject.toml").open("rb") as handle:
        tool = tomllib.load(handle)["tool"]
    return {contract["name"] for contract in tool["importlinter"]["contracts"]}, tool["ruff"]["lint"]["select"]


def broken(name: str, text: str) -> Iterator[str]:
    """What is wrong with one decision."""
    if len(text.splitlines()) > LINES:
        yield f"{name}: {len(text.splitlines())} lines, allowed are {LINES}"
    if not re.match(rf"# {name[:4]} \S.*\n\nStatus: (?:accepted|replaced by \d{{4}}), \d{{4}}-\d\d-\d\d\n", text):
        yield f"{name}: begins with its number, a title, a status and a day"
    if re.findall(r"^## (.+)$", text, re.MULTILINE) != HEADINGS:
        yield f"{name}: has the parts {', '.join(HEADINGS)}"
    checks = text.partition("## Check\n")[2]
    if not checks.strip():
        yield f"{name}: names no check"
    yield from (f"{name}: {problem}" for problem in missing(checks))


def missing(checks: str) -> Iterator[str]:
    """What the part about checks names and what is not there."""
    contracts, rules = settings()
    for target in re.findall(r"`make ([a-z]+)`", checks):
        if target not in targets():
            yield f"there is no target {target}"
    for path, test in re.findall(r"`([\w./-]*/[\w./-]+)(?:::(\w+))?`", checks):
        place = sources.ROOT / path
        if not place.exists():
            yield f"there is no {path}"
        elif test and f"def {test}(" not in place.read_text(encoding="utf-8"):
            yield f"there is no {test} in {path}"
    for contract in re.findall(r'"([^"]+)"', checks):
        if contract not in contracts:
            yield f"there is no contract {contract!r}"
    for rule in re.findall(r"ruff `([A-Z]+\d*)`", checks):
        if not any(rule.startswith(chosen) for chosen in rules):
            yield f"ruff does not run {rule}"


def decisions() -> list[Path]:
    return sorted(FOLDER.glob("*.md"))


@pytest.mark.parametrize("path", decisions(), ids=lambda path: path.stem)
def test_a_decision_is_whole(path: Path) -> None:
    sources.holds(broken(path.stem, path.read_text(encoding="utf-8")))


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(path.stem[:4]) for path in decisions()] == list(range(1, len(decisions()) + 1))


def test_the_rule_notices() -> None:
    good = (
        "# 0001 A title\n\nStatus: accepted, 2026-11-21\n\n## Decision\nx\n\n## Why\nx\n\n## Consequences\nx\n\n## Check\n* `make check`\n"
    )
    assert list(broken("0001-a", good)) == []
    assert list(broken("0002-a", good)) == ["0002-a: begins with its number, a title, a status and a day"]
    assert list(broken("0001-a", good.replace("* `make check`\n", ""))) == ["0001-a: names no check"]
    assert list(broken("0001-a", good + "x\n" * 60)) == ["0001-a: 75 lines, allowed are 60"]
    assert list(broken("0001-a", good.replace("## Why\n", ""))) == ["0001-a: has the parts Decision, Why, Consequences, Check"]
    wrong = '* `make nothing`, `tests/none.py`, `tests/conftest.py::test_none`: contract "None", ruff `ZZZ9`\n'
    assert list(broken("0001-a", good + wrong)) == [
        "0001-a: there is no target nothing",
        "0001-a: there is no tests/none.py",
        "0001-a: there is no test_none in tests/conftest.py",
        "0001-a: there is no contract 'None'",
        "0001-a: ruff does not run ZZZ9",
    ]
