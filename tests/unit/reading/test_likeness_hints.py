"""Hints: each is found where it is, and an honest page has none."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from noto_cjk_sans_otc import FONT_PATH
from PIL import Image, ImageDraw, ImageFont

from anpei.engines.knowledge import KnowledgeError, parse_text, shipped_rulebook
from anpei.reading.hints import Examiner, Hint
from anpei.reading.hints._glyphs import Glyphs
from anpei.reading.hints._strokes import stroke_signs
from anpei.reading.hints.rules import HintRules
from anpei.reading.model import Box, FieldReading, PageReading, Quality
from tests.unit.reading.conftest import picture, text_pdf

EXAMINER = Examiner(shipped_rulebook())
SIZE = (900, 640)
AMOUNTS = ("1284.50", "376.20", "9043.15", "528.60", "7194.35")
LEFT, FIRST, STEP = 120, 60, 100


def place(row: int) -> Box:
    return (LEFT - 6, FIRST + row * STEP - 4, LEFT + 190, FIRST + row * STEP + 40)


def field(value: str, box: Box | None = None, confidence: float = 0.9, source: str = "ocr") -> FieldReading:
    return FieldReading(value, value, confidence, box, source)


def reading(
    fields: Mapping[str, FieldReading], rows: Sequence[Mapping[str, FieldReading]] = (), *, source: str = "ocr", file: str = "a.jpg",
    size: tuple[int, int] = SIZE, kind: str = "outpatient_receipt",
) -> PageReading:  # fmt: skip
    return PageReading(
        file=file, page=1, kind=kind, kind_confidence=0.9, layout="", quality=Quality(True), fields=fields, rows=tuple(rows),
        width=size[0], height=size[1], rotation=0, fingerprint="", image_hash="", seconds=0.0, source=source,
    )  # fmt: skip


def drawn(*, odd: str = "", texture: bool = False) -> Image.Image:
    """A page with five amounts; the third one's fourth digit may be of another size, on another line, paler or farther away."""
    chance = np.random.default_rng(5)
    ground = 225 + (chance.normal(0, 12 if texture else 3, (SIZE[1], SIZE[0], 1)) + np.zeros(3))
    image = Image.fromarray(np.clip(ground, 0, 250).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    for row, amount in enumerate(AMOUNTS):
        x = float(LEFT)
        for at, char in enumerate(amount):
            changed = odd if (row, at) == (2, 3) else ""
            font = ImageFont.truetype(str(FONT_PATH), 37 if changed == "size" else 32)
            down = {"line": 3, "size": -5}.get(changed, 0)
            pen.text(
                (x + (9 if changed == "pitch" else 0), FIRST + row * STEP - 8 + down),
                char,
                (120,) * 3 if changed == "ink" else (40,) * 3,
                font=font,
            )
            x += ImageFont.truetype(str(FONT_PATH), 32).getlength(char) + 4
    return image


def page_of_amounts() -> PageReading:
    return reading({f"field_{row}": field(amount, place(row)) for row, amount in enumerate(AMOUNTS)})


def hints(data: bytes, page: PageReading) -> list[Hint]:
    return list(EXAMINER.examine(data=data, reading=page))


def codes(found: Sequence[Hint]) -> list[str]:
    return sorted(hint.code for hint in found)


# --- values -----------------------------------------------------------------------------------------------------------

PLAIN = picture(Image.new("RGB", SIZE, "white"), "PNG")
BOX = (10, 20, 30, 40)
SPLIT = {"pooled_fund": "40.00", "other_payment": "0.00", "personal_account": "44.24", "personal_cash": "14.36"}


def receipt(changes: Mapping[str, FieldReading], rows: Sequence[str] = ()) -> PageReading:
    fields = {"total_amount": field("98.60", BOX), "total_upper": field("98.60")} | {name: field(value) for name, value in SPLIT.items()}
    square = {"qr_number": "0215278697", "qr_on": "2026-02-23", "qr_amount": "98.60"}
    fields |= {"receipt_number": field("0215278697", BOX), "issued_on": field("2026-02-23", BOX)}
    fields |= {name: field(value, source="qr") for name, value in square.items()}
    return reading(fields | dict(changes), [{"amount": field(row)} for row in rows], file="a.png")


def test_a_receipt_that_agrees_with_itself_has_no_hint() -> None:
    assert hints(PLAIN, receipt({}, ["90.00", "8.60"])) == []


@pytest.mark.parametrize(
    ("changes", "rows", "code", "told"),
    [
        ({"receipt_number": field("0215278698", BOX)}, [], "code_square.number_differs", {"code": "0215278697", "printed": "0215278698"}),
        ({"issued_on": field("2026-03-23", BOX)}, [], "code_square.day_differs", {"code": "2026-02-23", "printed": "2026-03-23"}),
        ({"qr_amount": field("9.86", source="qr")}, [], "code_square.amount_differs", {"code": "9.86", "printed": "98.60"}),
        ({"total_upper": field("68.60")}, [], "sums.capitals_differ", {"capitals": "68.60", "figures": "98.60"}),
        ({"personal_cash": field("10.00")}, [], "sums.parts_differ", {"parts": "94.24", "total": "98.60", "apart": "4.36"}),
        ({}, ["90.00", "9.60"], "sums.rows_differ", {"rows": "99.60", "total": "98.60", "apart": "1.00"}),
    ],
)
def test_values_that_contradict_one_another(
    changes: Mapping[str, FieldReading], rows: Sequence[str], code: str, told: Mapping[str, str]
) -> None:
    (hint,) = hints(PLAIN, receipt(changes, rows))
    assert (hint.code, hint.data, hint.box) == (code, told, BOX)
    assert all(value in hint.zh and value in hint.en for value in told.values())
    assert 0 < hint.strength <= 1
    assert Hint.from_dict(hint.to_dict()) == hint


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ({"receipt_number": field("0215278698", BOX, 0.5)}, []),
        ({"total_upper": field("68.60", None, 0.3)}, []),
        ({"personal_cash": field("10.00", None, 0.3)}, []),
        ({}, ["99.60"]),
        ({"page_count": field("2")}, ["90.00", "9.60"]),
    ],
)
def test_what_was_read_without_confidence_or_in_part_is_no_hint(changes: Mapping[str, FieldReading], rows: Sequence[str]) -> None:
    assert hints(PLAIN, receipt(changes, rows)) == []


# --- digits -----------------------------------------------------------------------------------------------------------


def test_numbers_in_one_print_have_no_hint() -> None:
    assert hints(picture(drawn(), "JPEG", quality=80), page_of_amounts()) == []


@pytest.mark.parametrize(
    ("odd", "code"),
    [
        ("size", "number.height_breaks"),
        ("line", "number.baseline_breaks"),
        ("ink", "number.ink_breaks"),
        ("pitch", "number.spacing_breaks"),
    ],
)
def test_a_digit_that_breaks_from_its_neighbours_is_shown(odd: str, code: str) -> None:
    found = [hint for hint in hints(picture(drawn(odd=odd), "JPEG", quality=80), page_of_amounts()) if hint.code == code]
    (hint,) = found
    assert hint.box is not None
    left = LEFT + sum(ImageFont.truetype(str(FONT_PATH), 32).getlength(char) + 4 for char in AMOUNTS[2][:3])
    assert hint.box[0] <= left + 14 <= hint.box[2]
    assert place(2)[1] <= hint.box[1] < hint.box[3] <= place(2)[3] + 4
    assert hint.data["digits"] in {"4", "3-4"}


def test_a_number_under_a_seal_tells_nothing() -> None:
    image = drawn(odd="size")
    ImageDraw.Draw(image).arc((130, 180, 330, 380), 0, 360, fill=(150, 150, 150), width=6)
    assert [hint.code for hint in hints(picture(image, "JPEG", quality=80), page_of_amounts())] == []


def test_a_text_that_does_not_fit_what_is_seen_tells_nothing() -> None:
    page = page_of_amounts()
    other = reading({name: field(cell.value + "1", cell.box) for name, cell in page.fields.items()})
    assert hints(picture(drawn(odd="size"), "JPEG", quality=80), other) == []


# --- compression ------------------------------------------------------------------------------------------------------


def resaved(image: Image.Image, first: int, second: int, paste: Image.Image | None = None) -> bytes:
    once = Image.open(io.BytesIO(picture(image, "JPEG", quality=first))).convert("RGB")
    if paste is not None:
        once.paste(paste, (LEFT + 40, FIRST + 2 * STEP))
    return picture(once, "JPEG", quality=second)


def test_a_picture_saved_once_shows_nothing_and_saved_twice_it_does() -> None:
    page = page_of_amounts()
    assert codes(hints(picture(drawn(texture=True), "JPEG", quality=92), page)) == []
    assert codes(hints(resaved(drawn(texture=True), 75, 92), page)) == ["picture.saved_again"]


def test_a_piece_put_in_between_two_savings_is_shown_where_it_is() -> None:
    piece = drawn(texture=True).crop((401, 303, 461, 337))
    found = hints(resaved(drawn(texture=True), 75, 92, piece), page_of_amounts())
    assert [hint.box for hint in found if hint.code == "picture.place_differs"] == [place(2)]


@pytest.mark.parametrize(("orientation", "turned"), [(1, 0), (3, 180), (6, 90), (8, 270)])
def test_the_place_is_right_in_turned_pictures(orientation: int, turned: int) -> None:
    piece = drawn(texture=True).crop((401, 303, 461, 337))
    lying = drawn(texture=True).rotate(turned, expand=True)
    once = Image.open(io.BytesIO(picture(lying, "JPEG", quality=75))).convert("RGB").rotate(-turned, expand=True)
    once.paste(piece, (LEFT + 40, FIRST + 2 * STEP))
    tags = Image.Exif()
    tags[0x0112] = orientation
    data = picture(once.rotate(turned, expand=True), "JPEG", quality=92, exif=tags)
    found = hints(data, page_of_amounts())
    assert [hint.box for hint in found if hint.code == "picture.place_differs"] == [place(2)]


# --- files ------------------------------------------------------------------------------------------------------------


def tagged(software: str) -> bytes:
    tags = Image.Exif()
    tags[0x0131] = software
    return picture(Image.new("RGB", SIZE, "white"), "JPEG", exif=tags)


def test_an_editing_program_in_the_tags_is_told_and_a_camera_is_not() -> None:
    (hint,) = hints(tagged("Adobe Photoshop 25.1 (Windows)"), reading({}))
    assert (hint.code, hint.box, hint.data) == ("file.editing_software", None, {"software": "Adobe Photoshop 25.1 (Windows)"})
    assert hints(tagged("HDR+ 1.0.42"), reading({})) == []


def test_a_program_in_an_xmp_packet_is_told() -> None:
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description xmp:CreatorTool="GIMP 2.10"/></x:xmpmeta>'
    data = picture(Image.new("RGB", SIZE, "white"), "JPEG", xmp=packet)
    assert [hint.data["software"] for hint in hints(data, reading({}))] == ["GIMP 2.10"]


def appended(data: bytes, more: bytes = b"") -> bytes:
    offset = re.findall(rb"startxref\s+(\d+)", data)[-1].decode()
    return data + b"\n9 0 obj\n<<" + more + b">>\nendobj\nstartxref\n" + offset.encode() + b"\n%%EOF\n"


def test_a_pdf_that_was_appended_to_is_told_but_a_signature_is_not() -> None:
    page: dict[str, Any] = {"source": "text", "file": "a.pdf"}
    made = text_pdf(["门诊收费票据"])
    assert codes(hints(made, reading({}, **page))) == []
    assert codes(hints(appended(made, b"/Type /Sig /ByteRange [0 1 2 3]"), reading({}, **page))) == []
    (hint,) = hints(appended(appended(made)), reading({}, **page))
    assert (hint.code, hint.data) == ("file.changed_after_making", {"times": "2"})


@pytest.mark.parametrize(
    "producer", [b"/Producer (Foxit PhantomPDF)", b"/Producer <FEFF0046006F0078006900740020005000680061006E0074006F006D>"]
)
def test_a_pdf_editor_is_told(producer: bytes) -> None:
    found = hints(text_pdf(["门诊收费票据"]) + b"\n" + producer, reading({}, source="text", file="a.pdf"))
    assert codes(found) == ["file.editing_software"]
    assert found[0].data["software"].startswith("Foxit Phantom")


# --- knowledge --------------------------------------------------------------------------------------------------------


def test_every_hint_has_words_in_both_languages_that_take_what_was_compared() -> None:
    assert all(re.findall(r"\{\w+\}", text.zh) == re.findall(r"\{\w+\}", text.en) for text in EXAMINER.rules.hints)
    assert all(re.search(r"[一-鿿]", text.zh) and not re.search(r"[一-鿿]", text.en) for text in EXAMINER.rules.hints)


def test_a_hint_without_words_is_refused() -> None:
    text = shipped_rulebook().file("hints.yaml").read_text(encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"hints without words, unknown ones, or twice: number\.ink, number\.ink_breaks"):
        parse_text(text.replace("number.ink_breaks", "number.ink"), HintRules, name="hints.yaml")


def glyphs(ink: Sequence[float], paper: Sequence[float]) -> Glyphs:
    places = tuple(range(len(ink)))
    boxes = tuple((20 * at, 100, 20 * at + 12, 120) for at in places)
    level, dark = np.full(len(ink), 100.0), np.array(ink)
    return Glyphs("1" * len(ink), places, boxes, 20.0 * np.arange(len(ink)), level, level + 20, dark, np.array(paper))


@pytest.mark.parametrize(
    ("paper", "shown"),
    [([210.0] * 6, ["number.ink_breaks"]), ([210.0] * 3 + [225.0] + [210.0] * 2, []), ([254.0] * 6, [])],
)
def test_a_lamp_on_the_paper_explains_paler_ink(paper: Sequence[float], shown: Sequence[str]) -> None:
    others = [glyphs([1.0] * 6, [210.0] * 6)] * 4
    paler = glyphs([1.0, 1.0, 1.0, 0.5, 1.0, 1.0], paper)
    assert [sign.code for sign in stroke_signs([*others, paler], EXAMINER.rules.numbers)] == shown
