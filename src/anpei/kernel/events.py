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
        if not cls.name:
            return
        known = REGISTRY.setdefault(cls.name, cls)
        if (known.__module__, known.__name__) != (cls.__module__, cls.__name__):
            raise TypeError(f"the event name {cls.name} is taken by {known.__module__}.{known.__name__}: one name, one class")
        REGISTRY[cls.name] = cls  # @dataclass(slots=True) makes the class a second time

    def payload(self) -> dict[str, Any]:
        """The fields as plain data."""
        return asdict(self)
