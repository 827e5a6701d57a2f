"""Knowledge is data that proves itself: every YAML file loads, and the examples in it are run by the room that knows their meaning."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from anpei.engines.knowledge import shipped_rulebook
from tests.architecture import sources

FOLDER = sources.PACKAGE / "rulebook"
FILES = sorted(FOLDER.rglob("*.y*ml"))


def run_checks(path: Path) -> list[str]:
    """Rule templates: good, bad and open examples through the same evaluation as everything else."""
    from anpei.rules.templates import library
    from anpei.rules.templates import template as templates

    file = shipped_rulebook().load(str(path.relative_to(FOLDER)), templates.TemplateFile)
    return library.example_problems(templates.template_of(file))


RUNNERS: dict[str, Callable[[Path], list[str]]] = {"checks": run_checks}
"""First folder of the rulebook -> what runs the examples of a file in it."""
RUN_BY_TESTS = {"products": "tests/unit/claims/benefit"}
"""Folders whose examples are run one by one by the tests of a room."""


@cache
def data_of(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def kind_of(path: Path) -> str:
    return path.relative_to(FOLDER).parts[0]


def with_examples() -> list[Path]:
    return [path for path in FILES if "examples" in (data_of(path) or {})]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_a_file_is_readable(path: Path) -> None:
    assert data_of(path), f"{path.name} is empty"


@pytest.mark.parametrize("path", [p for p in with_examples() if kind_of(p) in RUNNERS], ids=lambda path: str(path.relative_to(FOLDER)))
def test_its_examples_hold(path: Path) -> None:
    examples = data_of(path)["examples"]
    assert examples["good"], "at least one case that passes"
    assert examples["bad"], "at least one case that is caught"
    sources.holds(RUNNERS[kind_of(path)](path))


def test_no_examples_are_left_unrun() -> None:
    kinds = {kind_of(path) for path in with_examples()}
    assert kinds - RUNNERS.keys() - RUN_BY_TESTS.keys() == set()
    for kind in kinds & RUN_BY_TESTS.keys():
        texts = [path.read_text(encoding="utf-8") for path in (sources.ROOT / RUN_BY_TESTS[kind]).rglob("test_*.py")]
        assert any("examples" in text for text in texts), f"{RUN_BY_TESTS[kind]} runs no examples of {kind}"


def test_the_runner_notices_an_example_that_does_not_hold(tmp_path: Path) -> None:
    from anpei.engines.knowledge import parse_text
    from anpei.rules.templates import library
    from anpei.rules.templates import template as templates

    text = (FOLDER / "checks" / "age.yaml").read_text(encoding="utf-8")
    broken = text.replace("attributes: {age_days: 29}", "attributes: {age_days: 27}")
    assert broken != text
    template = templates.template_of(parse_text(broken, templates.TemplateFile, name="age.yaml"))
    assert library.example_problems(template) == ["template age, bad example “新生儿项目用于出生二十九天”: 0 hits, 1 wanted"]
