"""HEIC photographs: decoded to the pixel, turned as their boxes say, refused before they are decoded when they are too large."""

import io
from random import Random

import numpy as np
import pytest
from PIL import Image

from anpei.reading import ReadingMachine, errors
from anpei.reading._files.open import open_file
from anpei.samples import pages
from anpei.samples.layouts import LAYOUTS
from tests.unit.reading.support.heic import heic


def grey(width: int, height: int, seed: int = 1) -> "np.typing.NDArray[np.uint8]":
    """Noise, so that every pixel must be in its place."""
    return np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)


def test_every_pixel_is_decoded() -> None:
    picture = grey(96, 64)
    pixels = open_file(heic(picture), "IMG_0001.HEIC").pixels(1)
    assert pixels.shape == (64, 96, 3)
    assert all(np.array_equal(pixels[:, :, channel], picture) for channel in range(3))


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_a_photograph_is_turned_as_its_box_says(turn: int) -> None:
    picture = grey(96, 64)
    pixels = open_file(heic(picture, turn=turn), "turned.heic").pixels(1)
    assert np.array_equal(pixels[:, :, 0], np.rot90(picture, turn))


def test_each_of_several_pictures_is_a_page() -> None:
    pictures = [grey(96, 64, 1), grey(32, 64, 2), grey(64, 32, 3)]
    opened = open_file(heic(*pictures), "burst.heic")
    assert opened.pages == 3
    assert [np.array_equal(opened.pixels(page + 1)[:, :, 1], pictures[page]) for page in range(3)] == [True] * 3


def test_a_picture_outlives_its_file() -> None:
    pixels = [open_file(heic(grey(320, 320, seed)), "a.heic").pixels(1) for seed in range(4)]
    assert [np.array_equal(each[:, :, 2], grey(320, 320, seed)) for seed, each in enumerate(pixels)] == [True] * 4


@pytest.mark.parametrize(
    ("said", "expected"),
    [((20_000, 20_000), errors.TooManyPixels), ((65_000, 1_000), errors.TooManyPixels), ((32, 32), errors.FileTruncated)],
)
def test_the_size_is_that_of_the_boxes_or_none(said: tuple[int, int], expected: type[Exception]) -> None:
    with pytest.raises(expected):
        open_file(heic(grey(96, 64), said_size=said), "huge.heic").pixels(1)


def test_too_many_pictures_are_refused() -> None:
    with pytest.raises(errors.TooManyPages):
        open_file(heic(*[grey(32, 32)] * 51), "album.heic")


def test_a_cut_photograph_is_refused() -> None:
    whole = heic(grey(320, 320))
    for share in (0.02, 0.3, 0.9):
        with pytest.raises(errors.FileTruncated):
            open_file(whole[: int(len(whole) * share)], "cut.heic").pixels(1)


def test_an_avif_picture_is_refused_with_what_to_do() -> None:
    with pytest.raises(errors.FormatNotSupported, match="AVIF") as caught:
        open_file(b"\0\0\0\x1cftypavif\0\0\0\0mif1avifmiaf" + b"\0" * 40, "new.avif")
    assert "AVIF" in caught.value.data["advice"]


def test_a_photographed_paper_is_read(machine: ReadingMachine) -> None:
    layout = "outpatient_receipt/known-a"
    page = pages.draw(layout, pages.document_for(LAYOUTS[layout], Random(7)), seed=7, effect="clean")[0]
    drawn = Image.open(io.BytesIO(page.data)).convert("L")
    drawn.thumbnail((2000, 2000))
    reading = machine.read_file(heic(np.asarray(drawn)), "IMG_0002.HEIC").pages[0]
    assert reading.kind == "outpatient_receipt"
    assert reading.fields["total_amount"].value == page.fields["total_amount"]
