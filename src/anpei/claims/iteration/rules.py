"""The file ``iteration.yaml``."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from anpei.claims.iteration.bounds import WHOLE, Bounds
from anpei.claims.iteration.model import ReleaseInvalid
from anpei.engines.knowledge import Rulebook


class IterationRules(BaseModel):
    """What a release is held to when it says nothing else, and the loosest that a proposal may ask for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: Literal[1]
    valid_from: date
    owner: str
    reference: str
    share_bp: int = Field(ge=0, le=WHOLE)
    bounds: Bounds
    loosest: Bounds

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if loose := looser(self.bounds, self.loosest):
            raise ValueError(f"bounds are looser than `loosest` in: {', '.join(loose)}")
        return self

    def bounds_with(self, changes: Mapping[str, Any]) -> Bounds:
        """The bounds of a proposal: the usual ones with what it asks for. Raises ReleaseInvalid."""
        try:
            bounds = Bounds.model_validate({**self.bounds.model_dump(), **changes})
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            raise ReleaseInvalid(f"bounds, {where}: {error.errors()[0]['msg']}", data={"field": f"bounds.{where}"}) from None
        if loose := looser(bounds, self.loosest):
            limits = ", ".join(f"{name} {getattr(self.loosest, name)}" for name in loose)
            raise ReleaseInvalid(
                f"bounds are looser than iteration.yaml allows ({limits}): choose tighter ones", data={"field": f"bounds.{loose[0]}"}
            )
        return bounds


def looser(bounds: Bounds, loosest: Bounds) -> list[str]:
    """The names of bounds that allow more than the loosest ones."""
    found = [name for name in Bounds.model_fields if name != "least_claims" and getattr(bounds, name) > getattr(loosest, name)]
    return found + (["least_claims"] if bounds.least_claims < loosest.least_claims else [])


def load_iteration(rulebook: Rulebook) -> IterationRules:
    """Read ``iteration.yaml``. Raises KnowledgeError."""
    return rulebook.load("iteration.yaml", IterationRules)
