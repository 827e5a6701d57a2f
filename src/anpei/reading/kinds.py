"""The document kinds, for rooms that speak of kinds to people or measure how well they are read."""

from anpei.engines.knowledge import Rulebook
from anpei.reading._sense.schema import Kind, load_knowledge


def load_kinds(rulebook: Rulebook) -> dict[str, Kind]:
    """Kind id to what is known of it (titles, required and key fields), from ``kinds/``. Raises KnowledgeError."""
    return load_knowledge(rulebook).kinds


def load_kind_titles(rulebook: Rulebook, *, lang: str = "zh") -> dict[str, str]:
    """Kind id to its name in a language (``zh`` or ``en``), from ``kinds/``."""
    return {kind.id: str(getattr(kind.title, lang)) for kind in load_kinds(rulebook).values()}


__all__ = ["Kind", "load_kind_titles", "load_kinds"]
