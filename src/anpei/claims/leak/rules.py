"""The file ``leak.yaml``."""

from itertools import pairwise
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from anpei.engines.knowledge import Rulebook


class LeakRules(BaseModel):
    """How settlements are drawn and when a figure may be shown. Money in fen, shares in basis points."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1]
    valid_from: str
    owner: str
    reference: str
    share_bp: int = Field(ge=1, le=10_000)
    least_per_stratum: int = Field(ge=2)
    bands_fen: tuple[int, ...] = Field(min_length=1)
    tolerance_fen: int = Field(ge=0)
    confidence_bp: int = Field(ge=5000, le=9990)
    least_answered: int = Field(ge=20)
    least_answered_stratum: int = Field(ge=2)
    least_answered_share_bp: int = Field(ge=1, le=10_000)
    most_answers: int = Field(ge=3, le=9)
    simulated_insurers: frozenset[str] = frozenset()

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.bands_fen[0] != 0 or any(low >= high for low, high in pairwise(self.bands_fen)):
            raise ValueError("bands_fen begins with 0 and rises: write the lower bound of each band")
        return self

    def band(self, amount_fen: int) -> int:
        """The number of the band that an amount lies in, from 0."""
        return sum(1 for bound in self.bands_fen if amount_fen >= bound) - 1


def load_leak(rulebook: Rulebook) -> LeakRules:
    """Read ``leak.yaml``. Raises KnowledgeError."""
    return rulebook.load("leak.yaml", LeakRules)
