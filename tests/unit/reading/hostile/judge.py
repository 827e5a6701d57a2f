"""A machine that sees pictures but no characters, and what every answer of it must be."""

import json
from collections.abc import Sequence
from itertools import chain

from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.errors import AnpeiError
from anpei.reading import FileReading, ReadingMachine
from anpei.reading._files.sniff import MAX_PAGES
from anpei.reading._sight.page import Eyes


class _NoCharacters:
    """Finds and reads nothing."""

    def detect(self, page: object) -> list[object]:
        return []

    def recognise(self, page: object, places: Sequence[object], *, careful: bool = False) -> list[None]:
        return [None] * len(places)

    recognise_pieces = recognise

    def rotation(self, page: object) -> tuple[int, float]:
        return 0, 1.0


def blind_machine() -> ReadingMachine:
    """A machine whose eyes see pictures but no characters."""
    machine = ReadingMachine(shipped_rulebook())
    eyes = Eyes.__new__(Eyes)
    eyes._ocr = eyes._orientation = _NoCharacters()  # type: ignore[assignment]
    machine.__dict__["_eyes"] = eyes
    return machine


def check_refusal(error: AnpeiError, name: str) -> None:
    """A refusal names the file, has a code of this room and says in Chinese what to do."""
    assert error.code.startswith("reading.")
    assert name in error.message
    assert ":" in error.message
    assert any("一" <= char <= "鿿" for char in error.data["advice"])


def check_reading(reading: FileReading, name: str) -> None:
    """A reading is plain data with finite numbers and boxes on the page."""
    assert 1 <= len(reading.pages) <= MAX_PAGES
    for page in reading.pages:
        assert page.file == name
        json.dumps(page.to_dict(), allow_nan=False)
        assert page.width >= 1
        assert page.height >= 1
        assert page.quality.usable or page.quality.reasons
        for field in chain(page.fields.values(), *(row.values() for row in page.rows)):
            assert 0 <= field.confidence <= 1
            assert field.value
            assert field.box is None or all(abs(edge) < 100_000 for edge in field.box)
