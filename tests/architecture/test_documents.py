"""The generated pages of docs/ say what the code says, events are named as they should be, and links lead somewhere."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from tests.architecture import documents, sources

EVENT_NAME = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("name", sorted(documents.PAGES))
def test_a_page_is_up_to_date(name: str) -> None:
    path = documents.FOLDER / name
    assert path.exists(), f"docs/{name} is missing: run make docs"
    assert path.read_text(encoding="utf-8") == documents.PAGES[name](), f"docs/{name} is behind the code: run make docs"


def test_events_are_frozen_and_named_room_subject_happened() -> None:
    found = list(documents._events())
    assert found
    for event in found:
        assert EVENT_NAME.fullmatch(event.name), event
        assert event.__dataclass_params__.frozen, event  # type: ignore[attr-defined]
        assert event.name.split(".")[0] == event.__module__.split(".")[1], f"{event.name} is emitted by another room than it says"


def test_events_carry_no_personal_data() -> None:
    personal = {"name", "phone", "id_number", "account", "bank_card", "address", "diagnosis", "text", "birth", "birthday", "mail", "email"}
    assert {f"{event.name}: {field.name}" for event in documents._events() for field in fields(event) if field.name in personal} == set()


def dead_links(path: Path, text: str) -> Iterator[str]:
    """Relative links of a page that lead nowhere."""
    for target in LINK.findall(text):
        if not (path.parent / target).exists():
            yield f"{path.name} links to {target}, which is not there"


def test_links_lead_somewhere() -> None:
    pages = [*sources.ROOT.glob("*.md"), *(sources.ROOT / "docs").rglob("*.md")]
    sources.holds(problem for path in pages for problem in dead_links(path, path.read_text(encoding="utf-8")))


def test_the_link_rule_notices() -> None:
    text = "[a](conftest.py) [b](none.md#x) [c](https://example.org) [d](#part)"
    assert list(dead_links(sources.ROOT / "tests" / "page.md", text)) == ["page.md links to none.md, which is not there"]
