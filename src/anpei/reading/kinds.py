"""The document kinds by name, for rooms that speak of kinds to people."""

from anpei.engines.knowledge import Rulebook
from anpei.reading._sense.schema import load_knowledge


def load_kind_titles(rulebook: Rulebook, *, lang: str = "zh") -> dict[str, str]:
    """Kind id to its name in a language (``zh`` or ``en``), from ``kinds/``."""
    return {kind.id: str(getattr(kind.title, lang)) for kind in load_knowledge(rulebook).kinds.values()}
