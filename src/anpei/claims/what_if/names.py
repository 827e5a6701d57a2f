"""Names that people use for diseases: the one that is meant, the nearest to choose from, or none. Pure."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from anpei.engines.knowledge import Rulebook
from anpei.records.names import NameIndex, plain_name

MOST_OFFERED, LEAST_BP = 3, 4_000


class Disease(BaseModel):
    """A disease with its code and the other names people use."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    name: str
    also: tuple[str, ...] = ()


class DiseasesFile(BaseModel):
    """The file ``diseases.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int
    owner: str
    reference: str
    valid_from: str
    diseases: tuple[Disease, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """What a name in the question was taken for: ``how`` is code, name, similar, told or none; ``offers``: names to choose from."""

    field: str
    kind: Literal["disease", "hospital", "item"]
    given: str
    found: str
    how: str
    offers: tuple[str, ...] = ()


class Diseases:
    """All diseases, searchable by any of their names."""

    def __init__(self, file: DiseasesFile) -> None:
        self._all = [(plain_name(name), one) for one in file.diseases for name in (one.name, *one.also)]
        self._index = NameIndex([name for name, _ in self._all])

    def find(self, name: str) -> Disease | None:
        """The disease of exactly this name; diseases are never guessed from a similar name."""
        same = self._index.same(plain_name(name))
        return self._all[same[0]][1] if same else None

    def offers(self, name: str) -> tuple[str, ...]:
        """The names most like it, for a person to choose from; empty when none is like it."""
        found = self._index.offers(plain_name(name), most=2 * MOST_OFFERED, least_bp=LEAST_BP)
        return tuple(dict.fromkeys(self._all[place][1].name for place, _ in found))[:MOST_OFFERED]


def load_diseases(rulebook: Rulebook) -> Diseases:
    """Read ``diseases.yaml``."""
    return Diseases(rulebook.load("diseases.yaml", DiseasesFile))
