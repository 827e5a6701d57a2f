"""OFD files: characters in their places, what tags and attachments say, and the invoices and receipts of XML."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from anpei.reading import ReadingMachine, errors
from anpei.reading._files.ofd_text import steps
from anpei.reading._files.open import open_file
from tests.unit.reading.conftest import RECEIPT as RECEIPT_LINES
from tests.unit.reading.conftest import picture, sample
from tests.unit.reading.support.invoices import INVOICE, INVOICE_ROWS, invoice_ofd, invoice_words, invoice_xml
from tests.unit.reading.support.ofd import Word, content, pack, parts_of, ref


def values(reading: object) -> dict[str, str]:
    """Field names and values."""
    return {name: field.value for name, field in reading.fields.items()}  # type: ignore[attr-defined]


def plain_ofd(*words: Word, **options: object) -> bytes:
    """One page of words."""
    return pack(parts_of([list(words)], **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "count", "expected"),
    [
        ("3.5", 3, [3.5, 3.5, 3.5]),
        ("g 3 2.5 4", 4, [2.5, 2.5, 2.5, 4.0]),
        ("1 g 2 3 5", 5, [1.0, 3.0, 3.0, 5.0, 5.0]),
        ("g 1000000000 1", 3, [1.0, 1.0, 1.0]),
        ("g -4 1 2", 2, []),
        ("g 2.5 1", 2, []),
        ("1 NaN 3", 3, [1.0, 1.0, 1.0]),
        ("g g g", 2, []),
        ("", 2, []),
    ],
)
def test_steps_of_characters_may_be_runs(text: str, count: int, expected: list[float]) -> None:
    assert steps(text, count) == expected


def test_a_character_stands_where_its_boundary_and_start_say() -> None:
    sheet = open_file(plain_ofd(Word(20, 30, "票据", size=4.0, step="g 1 10"), area="0 0 200 100"), "a.ofd").text(1)  # type: ignore[union-attr]
    assert (sheet.width, sheet.height) == (2000, 1000)
    first, second = sheet.glyphs
    assert (first.char, round(first.x0), round(first.x1)) == ("票", 200, 240)
    assert (second.char, round(second.x0)) == ("据", 300)
    assert round(first.y1 - first.y0) == 40
    assert round(first.y0 + 0.86 * 40) == 340, "the base line"


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [("2 0 0 2 0 0", (200, 311, 280, 391)), ("1 0 0 1 5 1", (250, 316, 290, 356)), ("0 1 -1 0 0 0", (154, 300, 194, 340))],
)
def test_a_matrix_moves_stretches_and_turns(matrix: str, expected: tuple[int, int, int, int]) -> None:
    word = Word(20, 30, "票", size=4.0, attributes={"CTM": matrix})
    (glyph,) = open_file(plain_ofd(word, area="0 0 200 100"), "a.ofd").text(1).glyphs  # type: ignore[union-attr]
    assert (round(glyph.x0), round(glyph.y0), round(glyph.x1), round(glyph.y1)) == expected


def test_what_is_not_shown_is_not_read() -> None:
    hidden = [Word(20, 30, "隐藏", attributes={"Visible": "false"}), Word(900, 30, "页外"), Word(20, 60, "透明", attributes={"Alpha": "0"})]
    assert open_file(plain_ofd(Word(20, 10, "看见"), *hidden), "a.ofd").text(1).glyphs[0].char == "看"  # type: ignore[union-attr]
    assert len(open_file(plain_ofd(Word(20, 10, "看见"), *hidden), "a.ofd").text(1).glyphs) == 2  # type: ignore[union-attr]


def test_tags_say_what_the_texts_are(machine: ReadingMachine) -> None:
    reading = machine.read_file(invoice_ofd(), "invoice.ofd").pages[0]
    assert (reading.kind, reading.source) == ("vat_invoice", "text")
    assert {name: value for name, value in values(reading).items() if name in INVOICE} == INVOICE
    assert {reading.fields[name].source for name in INVOICE} == {"ofd"}
    assert min(reading.fields[name].confidence for name in INVOICE) >= 0.99


def test_a_tagged_field_lies_where_its_characters_are(machine: ReadingMachine) -> None:
    data = invoice_ofd()
    reading = machine.read_file(data, "invoice.ofd").pages[0]
    x0, y0, x1, y1 = reading.fields["seller_name"].box or (0, 0, 0, 0)
    pixels = open_file(data, "invoice.ofd").pixels(1)
    assert pixels.shape[:2] == (reading.height, reading.width)
    inside = pixels[y0:y1, x0:x1]
    assert inside.min() < 100, "its characters"
    without = pixels.copy()
    without[y0:y1, x0:x1] = 255
    assert without[max(0, y0 - 4) : y1 + 4, x0 - 4 : x1 + 4].min() == 255, "and nothing sticks out"


def test_rows_come_from_the_attachment_when_the_page_shows_none(machine: ReadingMachine) -> None:
    reading = machine.read_file(invoice_ofd(attachment=invoice_xml()), "invoice.ofd").pages[0]
    assert [{name: cell.value for name, cell in row.items()} for row in reading.rows] == INVOICE_ROWS


def test_an_attachment_that_says_something_else_does_not_replace_what_people_see(machine: ReadingMachine) -> None:
    other = invoice_xml().replace("1272.00", "9272.00")
    reading = machine.read_file(invoice_ofd(attachment=other), "invoice.ofd").pages[0]
    assert reading.fields["total_amount"].value == "1272.00"
    assert reading.fields["total_amount"].confidence < 0.5
    assert reading.fields["tax_amount"].confidence >= 0.99


def receipt_words() -> list[Word]:
    """The receipt as it is printed, its total with the id 9."""
    words = []
    for line, text in enumerate(RECEIPT_LINES):
        at = 15.0
        for cell in text.split("\t"):
            words.append(Word(at, 15 + 9 * line, cell, id=9 if "98.60" in cell else 50 + len(words), width=180))
            at += 3.5 * len(cell) + 15
    return words


def test_an_attachment_does_not_make_another_paper_of_what_people_see(machine: ReadingMachine) -> None:
    words = receipt_words()
    plain = machine.read_file(pack(parts_of([words], area="0 0 330 200")), "receipt.ofd").pages[0]
    other = machine.read_file(pack(parts_of([words], attachment=invoice_xml(), area="0 0 330 200")), "receipt.ofd").pages[0]
    assert (other.kind, other.fields, other.rows) == ("outpatient_receipt", plain.fields, plain.rows)


def test_a_tag_that_contradicts_the_printed_label_is_believed_less(machine: ReadingMachine) -> None:
    words = [*receipt_words(), Word(15, 90, "88.88", id=10)]
    marks = "".join(f"<ofd:{name}>{ref(id_)}</ofd:{name}>" for name, id_ in (("EInvoiceName", 50), ("EInvoiceCode", 51)))
    marks += f"<ofd:EInvoiceNumber>{ref(52)}</ofd:EInvoiceNumber><ofd:PayerPartyName>{ref(53)}</ofd:PayerPartyName><ofd:InvoicingParty/>"
    marks += f"<ofd:TotalAmount>{ref(10)}</ofd:TotalAmount>"
    page = machine.read_file(pack(parts_of([words], tags=marks, area="0 0 330 200")), "receipt.ofd").pages[0]
    assert page.kind == "outpatient_receipt"
    assert page.fields["total_amount"].value == "88.88"
    assert page.fields["total_amount"].confidence < 0.5


def test_a_tag_to_a_hidden_text_says_nothing(machine: ReadingMachine) -> None:
    words = [Word(w.x, w.y, w.text, id=w.id, attributes={"Visible": "false"} if w.id == 101 else {}) for w in invoice_words()]
    parts = parts_of([words], tags=f"<ofd:InvoiceNo>{ref(101)}</ofd:InvoiceNo><ofd:SellerName>{ref(108)}</ofd:SellerName>"
                     f"<ofd:TaxInclusiveTotalAmount>{ref(113)}</ofd:TaxInclusiveTotalAmount>")  # fmt: skip
    reading = machine.read_file(pack(parts), "invoice.ofd").pages[0]
    assert "invoice_number" not in reading.fields
    assert reading.fields["total_amount"].value == "1272.00"


def test_the_text_of_an_ofd_is_understood_like_that_of_a_pdf(machine: ReadingMachine) -> None:
    words = []
    for line, text in enumerate(RECEIPT_LINES):
        at = 15.0
        for cell in text.split("\t"):
            words.append(Word(at, 15 + 9 * line, cell, size=3.5, width=180))
            at += 3.5 * len(cell) + 15
    pages = machine.read_file(pack(parts_of([words, words], area="0 0 210 297")), "receipt.ofd").pages
    assert [page.page for page in pages] == [1, 2]
    assert {page.kind for page in pages} == {"outpatient_receipt"}
    found = values(pages[1])
    assert found["receipt_number"] == "0215278697"
    assert found["total_amount"] == found["total_upper"] == "98.60"
    assert found["hospital_name"] == "临江市中医院"


def test_a_scan_in_an_ofd_is_read_as_a_picture(machine: ReadingMachine) -> None:
    page = sample("outpatient_receipt/known-b", effect="clean")
    with Image.open(io.BytesIO(page.data)) as image:
        wide, high = image.size
        scan = picture(image.convert("L"))
    area = f"0 0 {wide / 10:.1f} {high / 10:.1f}"
    reading = machine.read_file(plain_ofd(picture=(scan, area), area=area), "scan.ofd").pages[0]
    assert reading.source == "ocr"
    assert reading.fields["receipt_number"].value == page.fields["receipt_number"]


def test_a_picture_that_cannot_be_read_is_left_out() -> None:
    pixels = open_file(plain_ofd(Word(20, 30, "票"), picture=(b"\x89PNG\r\n\x1a\nbroken", "0 0 20 20")), "a.ofd").pixels(1)
    assert pixels.shape[2] == 3
    assert np.count_nonzero(pixels < 100) > 20


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"OFD.xml": None}, errors.FileTruncated),
        ({"Doc_0/Document.xml": None}, errors.FileTruncated),
        ({"Doc_0/Pages/Page_0/Content.xml": None}, errors.FileTruncated),
        ({"OFD.xml": "<a>"}, errors.FileTruncated),
        ({"../../etc/passwd": "x"}, errors.FileHostile),
        ({"/etc/passwd": "x"}, errors.FileHostile),
        ({"..\\evil": "x"}, errors.FileHostile),
        ({"Doc_0/bomb.bin": b"\0" * (20 << 20)}, errors.FileHostile),
    ],
)
def test_a_broken_or_hostile_archive_is_refused(changed: dict[str, str | bytes | None], expected: type[Exception]) -> None:
    parts: dict[str, str | bytes] = {"kept/OFD.xml": "", **parts_of([[Word(20, 30, "票")]])}
    for name, part in changed.items():
        if part is None:
            del parts[name]
        else:
            parts[name] = part
    with pytest.raises(expected):
        open_file(pack(parts), "a.ofd").text(1)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "place", ["../../../etc/passwd", "/../../etc/passwd", "..\\..\\secret.xml"], ids=["relative", "absolute", "backslash"]
)
def test_a_place_that_leads_out_is_refused(place: str) -> None:
    parts = parts_of([[Word(20, 30, "票")]])
    parts["Doc_0/Document.xml"] = re.sub("Pages/Page_0/Content.xml", place.replace("\\", "\\\\"), str(parts["Doc_0/Document.xml"]))
    with pytest.raises((errors.FileHostile, errors.FileTruncated)):
        open_file(pack(parts), "a.ofd").text(1)  # type: ignore[union-attr]


def test_as_many_pages_as_allowed() -> None:
    page = [Word(20, 30, "票")]
    assert open_file(pack(parts_of([page] * 50)), "a.ofd").pages == 50
    with pytest.raises(errors.TooManyPages):
        open_file(pack(parts_of([page] * 51)), "a.ofd")


def test_entities_are_not_expanded() -> None:
    parts = parts_of([[Word(20, 30, "票")]])
    declared = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    body = content([Word(20, 30, "票")]).replace("票", "&b;").replace("<ofd:Page", declared + "<ofd:Page", 1)
    parts["Doc_0/Pages/Page_0/Content.xml"] = body
    with pytest.raises(errors.FileHostile):
        open_file(pack(parts), "a.ofd").text(1)  # type: ignore[union-attr]
