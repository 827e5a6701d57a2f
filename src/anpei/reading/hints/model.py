"""What a hint is. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from anpei.reading.model import Box


@dataclass(frozen=True, slots=True)
class Hint:
    """Something on a page that a person should look at; never a verdict, and no hint is no proof of anything.

    ``code`` is stable (``number.height_breaks``); ``box`` its place in pixels of the upright page, None where it is of the whole
    file; ``strength`` (0..1) says how far it stands out; ``zh`` and ``en`` say it plainly; ``data`` holds what was compared.
    """

    code: str
    box: Box | None
    strength: float
    zh: str
    en: str
    data: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "code": self.code,
            "box": None if self.box is None else list(self.box),
            "strength": self.strength,
            "zh": self.zh,
            "en": self.en,
            "data": dict(self.data),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Hint":
        """The inverse of ``to_dict``."""
        box = data["box"]
        place: Box | None = None if box is None else (int(box[0]), int(box[1]), int(box[2]), int(box[3]))
        return cls(data["code"], place, float(data["strength"]), data["zh"], data["en"], dict(data["data"]))


@dataclass(frozen=True, slots=True)
class Sign:
    """A hint before it has its words: what the searching modules hand on."""

    code: str
    box: Box | None
    strength: float
    data: Mapping[str, str] = field(default_factory=dict)
