"""Every hostile or broken file ends in a reading or in one clear refusal, never in another error; what it says is only text.

The decoders are the real ones; only the recognition of characters is left out, which no decoder error ever reaches.
"""

from collections import Counter
from itertools import chain

import numpy as np
import pytest
from PIL import Image

from anpei.engines.knowledge import shipped_rulebook
from anpei.kernel.errors import AnpeiError
from anpei.reading import ReadingMachine, ReadingPool, errors
from anpei.reading._sight.seal import _circles
from tests.unit.reading.conftest import picture
from tests.unit.reading.hostile import others, papers, pdfs, pictures
from tests.unit.reading.hostile.damage import Make
from tests.unit.reading.hostile.judge import blind_machine, check_reading, check_refusal

CORPUS: dict[str, Make] = {}
for _name, _make in chain(pictures.cases(), pdfs.cases(), papers.cases(), others.cases()):
    assert _name not in CORPUS, _name
    CORPUS[_name] = _make


HONEST = "01,33060126,0215278697,7d3c9a,20260223,98.60"


@pytest.fixture(scope="module")
def blind() -> ReadingMachine:
    """A machine whose eyes see pictures but no characters."""
    return blind_machine()


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_ends_in_a_reading_or_a_refusal(name: str, blind: ReadingMachine) -> None:
    data = CORPUS[name]()
    try:
        reading = blind.read_file(data, name)
    except AnpeiError as refusal:
        check_refusal(refusal, name)
        return
    check_reading(reading, name)
    assert blind.page_image(data, 1, reading.pages[0].rotation).startswith(b"\xff\xd8\xff")


REFUSED = {
    "png of 60000 x 60000": errors.TooManyPixels,
    "jpeg of 65500 x 65500": errors.TooManyPixels,
    "webp of 16384 x 16384": errors.TooManyPixels,
    "tiff of 200000 x 200000": errors.TooManyPixels,
    "heic of 40000 x 40000": errors.TooManyPixels,
    "heic of sixty pictures": errors.TooManyPages,
    "tiff of three hundred pages": errors.TooManyPages,
    "tiff that leads out": errors.FileTruncated,
    "pdf with a password": errors.PasswordProtected,
    "pdf packed twice": errors.FileHostile,
    "pdf that unpacks to much": errors.FileHostile,
    "pdf cropped outside": errors.FileTruncated,
    "ofd with a part of a gigabyte": errors.FileHostile,
    "ofd with a page that unpacks to much": errors.FileHostile,
    "ofd of many large parts": errors.FileHostile,
    "ofd of five thousand parts": errors.FileHostile,
    "ofd with a place for a name": errors.FileHostile,
    "ofd with one name twice": errors.FileHostile,
    "ofd packed by lzma": errors.FileHostile,
    "ofd that says it is encrypted": errors.PasswordProtected,
    "ofd that lies about its sizes": errors.FileTruncated,
    "ofd with a page at place 0": errors.FileHostile,
    "ofd with a page at place 3": errors.FileTruncated,
    "ofd of two thousand pages": errors.TooManyPages,
    "ofd with laughs": errors.FileHostile,
    "ofd with an attachment of entities": errors.FileHostile,
    "xml with laughs in utf-16": errors.FileHostile,
    "xml with outside": errors.FileHostile,
    "xml with remote": errors.FileHostile,
    "xml of two hundred levels": errors.FileHostile,
    "xml of a million elements": errors.FileHostile,
    "xml of twenty megabytes": errors.FileTooLarge,
    "xml that includes": errors.FormatNotSupported,
    "word file": errors.FormatNotSupported,
    "too many bytes": errors.FileTooLarge,
    "nothing": errors.FileEmpty,
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_reason_of_a_refusal_is_the_right_one(name: str, blind: ReadingMachine) -> None:
    with pytest.raises(AnpeiError) as caught:
        blind.read_file(CORPUS[name](), name)
    assert type(caught.value) is REFUSED[name]


def test_the_corpus_is_large_and_of_every_kind() -> None:
    assert len(CORPUS) >= 400
    kinds = Counter(name.split()[0] for name in CORPUS)
    assert all(kinds[kind] >= 20 for kind in ("jpeg", "png", "tiff", "heic", "pdf", "ofd", "xml"))


def test_honest_files_of_the_corpus_are_read(blind: ReadingMachine) -> None:
    assert blind.read_file(pdfs.honest(), "a.pdf").pages[0].fields["total_amount"].value == "98.60"
    assert (
        blind.read_file(others.receipt_with_code("01,33060126,0215278697,7d3c9a,20260223,98.60"), "a.ofd")
        .pages[0]
        .fields["qr_amount"]
        .value
        == "98.60"
    )
    assert blind.read_file(pdfs.page(), "a.pdf").pages[0].source == "text"
    assert blind.read_file(papers.on_page(papers.WORD), "a.ofd").pages[0].quality.reasons


def test_orders_in_a_document_are_text(blind: ReadingMachine) -> None:
    plain = blind.read_file(pdfs.honest(), "a.pdf").pages[0]
    spoken = blind.read_file(CORPUS["pdf receipt that speaks to its reader"](), "a.pdf").pages[0]
    assert {name: field.value for name, field in spoken.fields.items()} == {name: field.value for name, field in plain.fields.items()}
    assert (spoken.kind, spoken.quality.usable) == (plain.kind, plain.quality.usable)


@pytest.mark.parametrize("number", range(len(others.CODES)))
def test_a_code_with_a_hostile_text_changes_no_printed_field(number: int, blind: ReadingMachine) -> None:
    honest = blind.read_file(others.receipt_with_code(HONEST), "a.ofd").pages[0]
    page = blind.read_file(CORPUS[f"code {number} on a receipt"](), "a.ofd").pages[0]
    printed = {name: field for name, field in page.fields.items() if not name.startswith("qr_")}
    assert printed == {name: field for name, field in honest.fields.items() if not name.startswith("qr_")}
    assert all(field.source == "qr" for name, field in page.fields.items() if name.startswith("qr_"))


def test_a_red_dot_is_no_error_for_the_search_of_seals() -> None:
    assert _circles(np.full((20, 20), 255, np.uint8), 1.0) == []


def test_a_large_plain_picture_stays_inside_the_bounds(blind: ReadingMachine) -> None:

    page = blind.read_file(picture(Image.fromarray(np.full((7000, 8000), 250, np.uint8))), "wall.png").pages[0]
    assert (page.kind, page.quality.usable) == ("unknown", False)


def test_a_page_over_which_a_decoder_never_comes_back_costs_its_process_only() -> None:
    pool = ReadingPool(shipped_rulebook().folders, processes=1, page_seconds=4.0)
    try:
        for name, make in pdfs.endless():
            with pytest.raises((errors.ReadingTimedOut, errors.ReadingCrashed)) as caught:
                pool.read_file(make(), name)
            assert "请重新拍照" in caught.value.data["advice"]
        assert pool.read_file(pdfs.honest(), "a.pdf").pages[0].fields["total_amount"].value == "98.60"
    finally:
        pool.close()
