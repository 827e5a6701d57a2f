"""Any bytes behind the first ones of each format, any numbers in a page's places, any text in a code: a reading or a refusal."""

import io
import json
import zipfile
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anpei.kernel.errors import AnpeiError
from anpei.reading import ReadingMachine
from anpei.reading._files.archive import Archive
from anpei.reading._files.ofd_text import numbers, steps
from anpei.reading._files.open import open_file
from anpei.reading._sense.results import code_fields
from tests.unit.reading.hostile import papers, pdfs, pictures
from tests.unit.reading.hostile.judge import blind_machine, check_reading, check_refusal
from tests.unit.reading.support.invoices import invoice_ofd, invoice_xml, receipt_xml
from tests.unit.reading.support.ofd import Word

SEEDS = {
    "jpeg": lambda: pictures.saved("JPEG", size=(64, 48)),
    "png": lambda: pictures.saved("PNG", size=(64, 48)),
    "webp": lambda: pictures.saved("WEBP", size=(64, 48)),
    "tiff": lambda: pictures.saved("TIFF", size=(64, 48), compression="tiff_lzw"),
    "heic": lambda: pictures.heic(np.zeros((32, 32), np.uint8)),
    "pdf": pdfs.page,
    "ofd": lambda: invoice_ofd(attachment=invoice_xml()),
    "xml": lambda: receipt_xml().encode(),
}
fuzzed = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
piece = st.tuples(st.floats(0, 1), st.sampled_from(("put", "cut", "double", "turn")), st.binary(min_size=1, max_size=24))
pieces = st.lists(piece, min_size=1, max_size=6)


@pytest.fixture(scope="module")
def blind() -> ReadingMachine:
    """A machine whose eyes see pictures but no characters."""
    return blind_machine()


@cache
def seed(form: str) -> bytes:
    return SEEDS[form]()


def changed(data: bytes, changes: list[tuple[float, str, bytes]]) -> bytes:
    """A file with pieces put in, cut out, doubled or turned over."""
    for share, how, piece in changes:
        at = int(share * len(data))
        if how == "put":
            data = data[:at] + piece + data[at + len(piece) :]
        elif how == "cut":
            data = data[:at] + data[at + len(piece) :]
        elif how == "double":
            data = data[:at] + data[max(0, at - 40 * len(piece)) :]
        else:
            turned = bytes(a ^ b for a, b in zip(data[at : at + len(piece)], piece, strict=False))
            data = data[:at] + turned + data[at + len(piece) :]
    return data


def ends_well(machine: ReadingMachine, data: bytes) -> None:
    """Read, and be content with a reading or a refusal."""
    try:
        reading = machine.read_file(data, "any.bin")
    except AnpeiError as refusal:
        check_refusal(refusal, "any.bin")
    else:
        check_reading(reading, "any.bin")


@pytest.mark.parametrize("form", SEEDS)
@fuzzed
@given(changes=pieces)
def test_a_changed_file(form: str, blind: ReadingMachine, changes: list[tuple[float, str, bytes]]) -> None:
    ends_well(blind, changed(seed(form), changes))


@fuzzed
@given(changes=pieces)
def test_a_changed_part_of_an_ofd(blind: ReadingMachine, changes: list[tuple[float, str, bytes]]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(seed("ofd"))) as whole, zipfile.ZipFile(out, "w") as broken:
        for number, name in enumerate(whole.namelist()):
            part = whole.read(name)
            broken.writestr(name, changed(part, changes[number % len(changes) :][:1]))
    ends_well(blind, out.getvalue())


@fuzzed
@given(st.text(max_size=30), st.floats(allow_nan=True), st.text("g0123456789.-eENa ", max_size=40), st.text(max_size=60))
def test_any_numbers_in_a_text_object(blind: ReadingMachine, boundary: str, x: float, step: str, text: str) -> None:
    shown = "".join(char for char in text if char.isprintable() or char == " ")
    safe = "".join(char for char in boundary if char.isprintable())
    word = Word(x, 10, shown, step=step, attributes={"CTM": safe})
    ends_well(blind, papers.on_page(word, Word(20, 30, "票据号码0215278697 开票日期2026-02-23 金额合计98.60")))


@fuzzed
@given(st.text("g0123456789.-eENainf ", max_size=60), st.integers(0, 50))
def test_steps_are_as_many_as_wanted_or_none(text: str, count: int) -> None:
    found = steps(text, count)
    assert len(found) in (0, count)
    assert all(abs(value) <= 20_000 for value in found)
    assert all(abs(value) <= 20_000 for value in numbers(text))


@fuzzed
@given(st.text(max_size=200) | st.lists(st.text(max_size=24), max_size=9).map(",".join))
def test_any_text_in_a_code(text: str) -> None:
    found = code_fields(text, None)
    json.dumps({name: field.to_dict() for name, field in found.items()}, allow_nan=False)
    assert set(found) <= {"qr_code", "qr_number", "qr_on", "qr_amount"}
    assert all(field.value.isascii() for field in found.values())


@fuzzed
@given(st.text(max_size=80), st.text(max_size=40))
def test_no_place_leads_out_of_an_archive(base: str, place: str) -> None:
    archive = Archive(seed("ofd"), "a.ofd")
    try:
        found = archive.resolve(base.replace("/..", "").lstrip("./"), place)
    except AnpeiError:
        return
    assert not found.startswith(("/", ".."))


@fuzzed
@given(st.binary(max_size=300))
def test_any_bytes(blind: ReadingMachine, data: bytes) -> None:
    ends_well(blind, data)


def test_the_seeds_are_honest() -> None:
    assert {form: open_file(seed(form), form).pages for form in SEEDS} == dict.fromkeys(SEEDS, 1)
