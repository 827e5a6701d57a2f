"""The file ``risk.yaml``: what never moves a score, how to train, how far links are followed, what asks for a person."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from anpei.claims.risk.scorer.mapping import NeverFeature
from anpei.claims.risk.scorer.training import TrainingSettings
from anpei.engines.knowledge import Rulebook


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ScoreUse(_Part):
    """Whether a score may send a claim to a person (live), or is only kept beside the claim (shadow)."""

    status: Literal["shadow", "live"]


class DriftLimits(_Part):
    """Limits of the population stability index in thousandths."""

    watch_milli: int = Field(ge=0)
    act_milli: int = Field(ge=0)


class LinkKind(_Part):
    """A kind of value that claims may share, and how many other insured persons sharing it are for a person (0: shown only)."""

    id: str
    zh: str
    en: str
    refer_at: int = Field(ge=0)


class LinkRules(_Part):
    """How far links are followed."""

    status: Literal["shadow", "live"]
    hub_above: int = Field(ge=2, le=1000)
    max_depth: int = Field(ge=1, le=4)
    max_claims: int = Field(ge=1, le=5000)
    kinds: tuple[LinkKind, ...]
    least_bill_lines: int = Field(ge=1)
    doctor_fields: tuple[str, ...] = ()

    def kind(self, name: str) -> LinkKind:
        """The kind of this id."""
        return next(kind for kind in self.kinds if kind.id == name)


class RiskRules(_Part):
    """The whole file."""

    schema_version: Literal[1]
    valid_from: str
    owner: str
    reference: str
    never_features: tuple[NeverFeature, ...] = Field(min_length=1)
    training: TrainingSettings
    score: ScoreUse
    drift: DriftLimits
    links: LinkRules


def load_risk(rulebook: Rulebook) -> RiskRules:
    """Read ``risk.yaml``. Raises KnowledgeError."""
    return rulebook.load("risk.yaml", RiskRules)
