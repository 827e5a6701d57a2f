"""Whole pages, from a photo's bytes to facts: samples with known truth, seen as a phone sees them."""

import io
import json
from collections.abc import Callable
from functools import cache

import pytest
from PIL import Image

from anpei.reading import PageReading, ReadingMachine
from anpei.reading._sense.lines import plain
from anpei.samples.pages import Page
from tests.unit.reading.conftest import RECEIPT, picture, sample, text_pdf

Read = Callable[[Page], PageReading]


@pytest.fixture(scope="module")
def read(machine: ReadingMachine) -> Read:
    """Reads the first page of a picture, the same picture once."""

    @cache
    def read_bytes(data: bytes) -> PageReading:
        return machine.read_file(data, "photo.jpg").pages[0]

    return lambda page: read_bytes(page.data)


def wrong_fields(page: Page, reading: PageReading) -> dict[str, tuple[str, str | None]]:
    """Fields whose value is not the truth: (truth, read)."""
    got = {name: reading.fields[name].value for name in page.fields if name in reading.fields}
    return {name: (truth, got.get(name)) for name, truth in page.fields.items() if plain(got.get(name, "")) != plain(truth)}


@pytest.mark.parametrize(
    "layout",
    ["outpatient_receipt/known-a", "inpatient_receipt/known-b", "discharge_summary/known-a", "settlement_sheet/known-a", "id_card/known-a"],
)
def test_a_phone_photo_is_read_to_the_letter(layout: str, read: Read) -> None:
    page = sample(layout)
    reading = read(page)
    assert reading.kind == page.kind
    assert reading.quality.usable
    assert wrong_fields(page, reading) == {}


def test_rows_of_a_fee_list_are_read_to_the_letter(read: Read) -> None:
    page = sample("fee_list/known-a")
    reading = read(page)
    names = ("name", "quantity", "unit_price", "amount")
    got = [tuple(plain(row[name].value) for name in names if name in row) for row in reading.rows]
    assert got == [tuple(plain(row[name]) for name in names if name in row) for row in page.rows]


@pytest.mark.parametrize(("effect", "rotation"), [("rotated_90", 90), ("rotated_180", 180), ("rotated_270", 270)])
def test_a_turned_photo_is_turned_back_and_boxes_lie_on_the_upright_picture(
    effect: str, rotation: int, machine: ReadingMachine, read: Read
) -> None:
    page = sample("outpatient_receipt/known-b", effect=effect)
    reading = read(page)
    upright = Image.open(io.BytesIO(machine.page_image(page.data, 1, reading.rotation)))
    assert reading.rotation == rotation
    assert upright.size == (reading.width, reading.height)
    assert reading.fields["total_amount"].value == page.fields["total_amount"]
    again = machine.read_file(picture(upright.crop(grown(reading, "total_amount", 1.5, 12)).resize((900, 200))), "crop.png").pages[0]
    assert again.words >= 1, "the box holds text"


def grown(reading: PageReading, name: str, wide: float, pad: int) -> tuple[int, int, int, int]:
    """A field's box with some room around it."""
    x0, y0, x1, y1 = reading.fields[name].box or (0, 0, 0, 0)
    extra = int((x1 - x0) * (wide - 1) / 2)
    return x0 - extra, y0 - pad, x1 + extra, y1 + pad


def test_the_code_square_is_a_second_source(read: Read) -> None:
    page = sample("outpatient_receipt/known-a")
    reading = read(page)
    facts = {"qr_code": "receipt_code", "qr_number": "receipt_number", "qr_on": "issued_on", "qr_amount": "total_amount"}
    assert {name: reading.fields[name].value for name in facts} == {name: page.fields[field] for name, field in facts.items()}
    assert {reading.fields[name].source for name in facts} == {"qr"}
    assert reading.fields["total_amount"].source == "ocr"


def test_a_second_photo_of_the_same_paper_has_the_same_fingerprint_and_another_picture_hash(read: Read) -> None:
    first, second = read(sample("outpatient_receipt/known-a")), read(sample("outpatient_receipt/known-a", effect="rotated_90"))
    other = read(sample("outpatient_receipt/known-a", seed=8))
    assert first.fingerprint == second.fingerprint != other.fingerprint
    assert first.fingerprint
    assert len(first.image_hash) == 64
    assert bits(first.image_hash, other.image_hash) > 45


def bits(one: str, other: str) -> int:
    """In how many bits two hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_a_blank_page_is_called_blank(read: Read) -> None:
    reading = read(sample("blank/known-a"))
    assert (reading.kind, reading.quality.usable, reading.quality.codes) == ("unknown", False, ("blank",))


def test_another_paper_is_unknown_and_usable(read: Read) -> None:
    reading = read(sample("unknown/known-a"))
    assert (reading.kind, reading.fields, reading.rows) == ("unknown", {}, ())


def test_a_hopeless_photo_asks_for_another_one(read: Read) -> None:
    reading = read(sample("outpatient_receipt/known-a", effect="blur_8"))
    assert not reading.quality.usable
    assert "too_blurred" in reading.quality.codes
    assert reading.quality.reasons[0].advice_zh.startswith("图像模糊")


def test_a_pdf_with_text_of_its_own_is_read_without_looking(machine: ReadingMachine) -> None:
    pages = machine.read_file(text_pdf(RECEIPT, pages=2), "bill.pdf").pages
    assert [page.page for page in pages] == [1, 2]
    assert {page.source for page in pages} == {"text"}
    values = {name: reading.value for name, reading in pages[1].fields.items()}
    assert values["receipt_number"] == "0215278697"
    assert values["total_amount"] == values["total_upper"] == "98.60"
    assert values["hospital_name"] == "临江市中医院"


def test_a_scanned_pdf_is_read_as_a_picture(machine: ReadingMachine) -> None:
    page = sample("outpatient_receipt/known-b", effect="clean")
    scan = picture(Image.open(io.BytesIO(page.data)), "PDF", resolution=150)
    reading = machine.read_file(scan, "scan.pdf").pages[0]
    assert reading.source == "ocr"
    assert reading.fields["receipt_number"].value == page.fields["receipt_number"]


def test_a_reading_survives_storage(read: Read) -> None:
    reading = read(sample("fee_list/known-b"))
    assert PageReading.from_dict(json.loads(json.dumps(reading.to_dict()))) == reading
    published = reading.to_json()
    assert list(published["fields"]["patient_name"]) == ["value", "text", "confidence", "box"]
    expected = {"file", "page", "kind", "kind_confidence", "layout", "quality", "fields", "rows", "rotation", "width", "height", "seconds"}
    assert set(published) == expected
