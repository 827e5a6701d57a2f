"""The light of a page: its brightness at the resolution of the file (for traces of compression), and upright, in the size that boxes
refer to (for characters). A JPEG is decoded once, without its colours.
"""

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from anpei.reading._files.open import open_file
from anpei.reading._files.picture import Pixels
from anpei.reading._files.sniff import Format, sniff
from anpei.reading._sight.upright import shrink, turn, turn_matrix
from anpei.reading.model import Box, PageReading

_ORIENTATION = 0x0112
_TURNS = {1: 0, 3: 180, 6: 90, 8: 270}
"""EXIF orientation to the clockwise turn that shows the picture upright; mirrored ones are left alone."""

Steps = npt.NDArray[np.float32]
"""The quantisation steps of the brightness, 8 x 8."""


@dataclass(frozen=True, slots=True)
class Light:
    """``raw`` and ``steps`` of a JPEG as it stands in the file, None of others; ``upright`` the page as its boxes see it; ``turned`` the
    clockwise turn from ``raw`` to it."""

    upright: Pixels
    raw: Pixels | None = None
    steps: Steps | None = None
    turned: int = 0

    def on_raw(self, box: Box) -> Box:
        """A box of the upright page as a box of ``raw`` (of the page itself where there is none)."""
        if self.raw is None:
            return box
        height, width = self.raw.shape
        tall, wide = self.upright.shape
        across, down = (tall, wide) if self.turned in (90, 270) else (wide, tall)
        back = np.linalg.inv(turn_matrix(across, down, self.turned))
        points = np.array([[box[0], box[1], 1.0], [box[2], box[3], 1.0]]) @ back.T
        xs, ys = sorted(points[:, 0] * width / across), sorted(points[:, 1] * height / down)
        return int(xs[0]), int(ys[0]), int(xs[1] + 1), int(ys[1] + 1)


def light_of(data: bytes, reading: PageReading, *, most_pixels: int) -> Light:
    """The light of a page of a picture file. Raises the errors of ``reading.errors``."""
    opened = open_file(data, reading.file)
    if sniff(data, reading.file) is Format.JPEG:
        found = _jpeg(data, reading, most_pixels)
        if found is not None:
            return found
    pixels = opened.pixels(reading.page)
    grey = np.asarray(pixels.mean(axis=2) if pixels.size < 3_000_000 else _grey(pixels), dtype=np.uint8)
    return Light(turn(shrink(grey), reading.rotation))


def _grey(pixels: Pixels) -> Pixels:
    import cv2

    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _jpeg(data: bytes, reading: PageReading, most_pixels: int) -> Light | None:
    with Image.open(io.BytesIO(data), formats=("JPEG", "MPO")) as image:
        orientation = image.getexif().get(_ORIENTATION, 1)
        tables: dict[int, list[int]] = getattr(image, "quantization", {})
        if orientation not in _TURNS or image.width * image.height > most_pixels or 0 not in tables or image.mode not in ("L", "RGB"):
            return None
        image.draft("L", image.size)
        raw = np.asarray(image, dtype=np.uint8)
    if raw.ndim != 2:
        return None
    turned = (_TURNS[orientation] + reading.rotation) % 360
    return Light(turn(shrink(raw), turned), raw, np.array(tables[0], dtype=np.float32).reshape(8, 8), turned)
