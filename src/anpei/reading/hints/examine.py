"""All hints of one page that was read: from its values, its pixels and its file."""

import re
from collections.abc import Iterator, Sequence

from anpei.engines.knowledge import Rulebook
from anpei.reading.hints._compression import compression_signs
from anpei.reading.hints._files import file_signs
from anpei.reading.hints._glyphs import Glyphs, glyphs_of
from anpei.reading.hints._light import Light, light_of
from anpei.reading.hints._strokes import stroke_signs
from anpei.reading.hints._values import value_signs
from anpei.reading.hints.model import Hint, Sign
from anpei.reading.hints.rules import HintRules, load_rules
from anpei.reading.kinds import load_kinds
from anpei.reading.model import Box, FieldReading, PageReading

_MONEY = re.compile(r"[0-9]+\.[0-9]{2}")


class Examiner:
    """Looks for hints on pages; holds knowledge only, so one may serve all threads."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rules: HintRules = load_rules(rulebook)
        self._kinds = load_kinds(rulebook)

    def examine(self, *, data: bytes, reading: PageReading) -> tuple[Hint, ...]:
        """The hints of a page, strongest first. ``data``: the bytes of the file that the page was read from, unchanged.

        Raises the errors of ``reading.errors`` when the bytes are no readable file.
        """
        signs = [
            *value_signs(reading, self._kinds.get(reading.kind), self.rules.values),
            *file_signs(data, reading.file, self.rules.editing),
        ]
        if reading.source == "ocr":
            signs += self._seen(data, reading)
        return tuple(sorted((self._told(sign) for sign in signs), key=lambda hint: -hint.strength))

    def _seen(self, data: bytes, reading: PageReading) -> Iterator[Sign]:
        """The signs in the pixels."""
        light = light_of(data, reading, most_pixels=self.rules.compression.most_pixels)
        if light.upright.shape != (reading.height, reading.width):
            return
        places = _places(reading, self.rules.numbers.most_numbers)
        yield from stroke_signs(numbers_of(light, places), self.rules.numbers)
        yield from compression_signs(light, [box for box, _ in places], self.rules.compression)

    def _told(self, sign: Sign) -> Hint:
        text = self.rules.text_of(sign.code)
        zh, en = (words.format(**sign.data) for words in (text.zh, text.en))
        return Hint(sign.code, sign.box, round(text.strength * min(1.0, sign.strength), 3), zh, en, dict(sign.data))


def numbers_of(light: Light, places: Sequence[tuple[Box, str]]) -> list[Glyphs]:
    """The numbers among some places whose digits can be told apart."""
    found = (glyphs_of(light.upright, box, text) for box, text in places)
    return [number for number in found if number is not None]


def _places(reading: PageReading, most: int) -> list[tuple[Box, str]]:
    """Where values with digits stand and what their text is, amounts first, each place once."""
    cells = [*reading.fields.values(), *(cell for row in reading.rows for cell in row.values())]
    ocr = [cell for cell in cells if cell.source == "ocr" and cell.box is not None and any(char.isdigit() for char in cell.text)]
    places: dict[Box, str] = {}
    for cell in sorted(ocr, key=_rank):
        if cell.box is not None:
            places.setdefault(cell.box, cell.text.strip())
    return list(places.items())[:most]


def _rank(cell: FieldReading) -> int:
    return 0 if _MONEY.fullmatch(cell.value) else 1
