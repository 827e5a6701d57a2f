"""A page as data: its text boxes and what they say, handed out to be corrected and taken back to learn from; golden pairs, too."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from anpei.kernel.errors import InvalidInput
from anpei.reading._sense.interpret import Meaning, Told, interpret
from anpei.reading._sense.schema import Knowledge, Layout
from anpei.reading._sight.boxes import Char, TextBox

MAX_BYTES = 4_000_000
Placed = tuple[str, float, float, float, float, float, float]
"""Text, the middle of its left edge (x, y), the middle of its right edge (x, y), its height, and how sure its characters are (0..1)."""


class PageFormInvalid(InvalidInput):
    """A file is not a page with its boxes."""

    code = "reading.page_form_invalid"


class BoxedPage(BaseModel):
    """A page's boxes (pixels of the flat page) with its kind, fields and rows: as read, or as corrected by a person.

    ``fields`` maps a name to its value as docs/fields.md writes it; null says that the page does not show it, a name that is
    left out says nothing. ``layout`` is the layout by which it was read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: Literal["anpei.page/1"] = "anpei.page/1"
    file: str = ""
    page: int = Field(default=1, ge=1)
    source: str = "ocr"
    kind: str
    layout: str = ""
    fields: dict[str, str | None]
    rows: tuple[dict[str, str], ...] = ()
    boxes: tuple[Placed, ...] = Field(min_length=1)

    def text_boxes(self) -> list[TextBox]:
        """The boxes as the reading uses them; characters are spread over a box by their usual widths."""
        return [_box(placed) for placed in self.boxes]

    def read(self, knowledge: Knowledge, layout: Layout | None) -> Meaning:
        """What the page says when it is read as this kind by this layout."""
        told = Told(self.kind, layout)
        return interpret(self.text_boxes(), knowledge, source=self.source, place=lambda box: box, told=told)


def boxed(boxes: Sequence[TextBox], meaning: Meaning, *, file: str, page: int, source: str) -> BoxedPage:
    """The page as data, with what was read from it."""
    return BoxedPage(
        file=file,
        page=page,
        source=source,
        kind=meaning.guess.kind,
        layout=meaning.layout,
        fields={name: reading.value for name, reading in meaning.fields.items()},
        rows=tuple({name: reading.value for name, reading in row.items()} for row in meaning.rows),
        boxes=tuple(placed(box) for box in boxes if box.text),
    )


def placed(box: TextBox) -> Placed:
    """A box in the form that is written down."""
    (ax, ay), (bx, by) = box.left, box.right
    return box.text, round(ax, 1), round(ay, 1), round(bx, 1), round(by, 1), round(box.height, 1), round(box.score, 3)


def load_page(path: Path) -> BoxedPage:
    """Read a page form. Raises PageFormInvalid."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PageFormInvalid(f"{path}: is larger than {MAX_BYTES} bytes: one file holds one page")
        return BoxedPage.model_validate_json(path.read_bytes())
    except OSError as error:
        raise PageFormInvalid(f"{path}: cannot be opened ({error.strerror}): name a file written by anpei layout boxes") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PageFormInvalid(f"{path}, {where or 'the whole'}: {first['msg']}: keep the form of anpei layout boxes") from error


def _box(placed: Placed) -> TextBox:
    text, ax, ay, bx, by, height, score = placed
    half = height / 2
    weights = [0.55 if char.isascii() else 1.0 for char in text]
    whole, at = sum(weights) or 1.0, 0.0
    chars: list[Char] = []
    for char, weight in zip(text, weights, strict=True):
        chars.append(Char(char, at / whole, (at + weight) / whole, score))
        at += weight
    return TextBox(text, ((ax, ay - half), (bx, by - half), (bx, by + half), (ax, ay + half)), score, tuple(chars))
