"""What the tests of the rules room share: the shipped templates, and short ways to write rows and facts."""

from collections.abc import Mapping
from datetime import date

import pytest

from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.importer import Mapping as ImportMapping
from anpei.rules.importer import load_mappings
from anpei.rules.templates.library import load_templates
from anpei.rules.templates.template import Template


@pytest.fixture(scope="session")
def templates() -> Mapping[str, Template]:
    """The shipped templates by id."""
    return load_templates(shipped_rulebook())


@pytest.fixture(scope="session")
def mappings() -> Mapping[str, ImportMapping]:
    """The shipped import mappings by id."""
    return load_mappings(shipped_rulebook())


@pytest.fixture(scope="session")
def on() -> date:
    """The day of evaluation."""
    return date(2025, 6, 30)
