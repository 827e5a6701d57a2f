"""Hints are looked for in the reading processes: the bytes of a file are never decoded in the service itself."""

import io

from PIL import Image

from anpei.engines.knowledge import shipped_rulebook
from anpei.reading import ReadingMachine, ReadingPool
from tests.factories import readings

SOFTWARE = 0x0131


def edited() -> bytes:
    """A photograph that names the program it was changed with."""
    picture = Image.new("RGB", (400, 300), "white")
    exif = picture.getexif()
    exif[SOFTWARE] = "Adobe Photoshop 25.1"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_the_pool_finds_the_hints_that_the_machine_finds(machine: ReadingMachine) -> None:
    pool = ReadingPool(shipped_rulebook().folders, processes=1)
    try:
        page = readings.page("outpatient_record", {"patient_name": "沈若溪"})
        found = pool.hints(edited(), page)
    finally:
        pool.close()
    assert [hint.code for hint in found] == ["file.editing_software"]
    assert found == machine.hints(edited(), page)
