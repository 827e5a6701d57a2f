"""A provider, and what the search for a printed name gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """A hospital. ``grade`` such as 三级甲等, ``ownership`` public or private, ``designated`` for social insurance (定点)."""

    id: str
    name: str
    region: str
    grade: str
    ownership: str
    designated: bool


@dataclass(frozen=True, slots=True)
class ProviderMatch:
    """What was found. ``provider`` is None when no name is clearly meant; ``how`` is name, prefix, similar or none.

    ``score_bp``: likeness in basis points.
    """

    provider: Provider | None
    how: str
    score_bp: int


NO_MATCH = ProviderMatch(provider=None, how="none", score_bp=0)
