"""Events: frozen dataclasses in the past tense, named ``room.subject.happened``; they carry ids, never personal data."""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

REGISTRY: dict[str, type["Event"]] = {}


@dataclass(frozen=True)
class Event:
    """The base of every event. A subclass sets ``name``; its fields are text or integers."""

    name: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.name:
            REGISTRY[cls.name] = cls

    def payload(self) -> dict[str, Any]:
        """The fields as plain data."""
        return asdict(self)
