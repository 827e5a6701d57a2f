"""HEIC and HEIF pictures, as telephones take them: counted and measured from their boxes, decoded one at a time by libheif."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np
import pi_heif

from anpei.reading import errors
from anpei.reading._files.picture import MAX_SIDE, Pixels, seemly
from anpei.reading._files.sniff import MAX_PAGES, MAX_PIXELS

pi_heif.options.DECODE_THREADS = 1
pi_heif.options.THUMBNAILS = False
pi_heif.options.DEPTH_IMAGES = False
pi_heif.options.AUX_IMAGES = False

_TROUBLE = (OSError, ValueError, SyntaxError, RuntimeError, EOFError, IndexError, TypeError, MemoryError, cv2.error)


@dataclass(frozen=True, slots=True)
class HeifFile:
    """An opened HEIF file; each of its top-level pictures is a page, the primary one first."""

    data: bytes
    name: str
    pages: int

    def pixels(self, page: int) -> Pixels:
        """Picture ``page`` (from 1) as a BGR array, turned as its own ``irot`` and ``imir`` boxes say."""
        with _images(self.data, self.name) as images:
            array = np.array(images[page - 1], copy=True)  # the decoder's memory goes with its picture
            return seemly(_bgr(array))


def open_heif(data: bytes, name: str) -> HeifFile:
    """Count and measure. Raises FileTruncated, TooManyPages, TooManyPixels."""
    with _images(data, name) as images:
        pages = len(images)
        sizes = [image.size for image in images]
    if not pages:
        raise errors.FileTruncated(f"{name}: the HEIC file holds no picture; upload the original file again")
    if pages > MAX_PAGES:
        raise errors.TooManyPages(f"{name}: {pages} pictures; at most {MAX_PAGES} are accepted: split the file", pages=pages)
    for size in sizes:
        if size[0] * size[1] > MAX_PIXELS or max(size) > MAX_SIDE:
            raise _too_many(name, size)
    return HeifFile(data, name, pages)


@contextmanager
def _images(data: bytes, name: str) -> Iterator[list[pi_heif.HeifImage]]:
    """The top-level pictures, none decoded yet; whatever the decoder says against them becomes FileTruncated."""
    try:
        opened = pi_heif.HeifFile(io.BytesIO(data), bgr_mode=True)
        first = opened.primary_index
        images = list(opened)
        yield [*images[first : first + 1], *images[:first], *images[first + 1 :]]
    except _TROUBLE as error:
        kind = type(error).__name__
        raise errors.FileTruncated(f"{name}: the HEIC picture is damaged or cut short ({kind}); upload the original file again") from error


def _too_many(name: str, size: tuple[int, int]) -> errors.TooManyPixels:
    width, height = size
    return errors.TooManyPixels(
        f"{name}: {width} x {height} pixels; at most {MAX_PIXELS} are accepted: make the picture smaller", width=width, height=height
    )


def _bgr(array: "np.typing.NDArray[np.generic]") -> Pixels:
    """What libheif gives (grey, BGR or BGRA) as BGR; transparency lies on white."""
    plain = array.astype(np.uint8, copy=False)
    if plain.ndim == 2:
        return np.asarray(cv2.cvtColor(plain, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    if plain.shape[2] == 4:
        cover = plain[:, :, 3:].astype(np.uint16)
        return np.ascontiguousarray(((plain[:, :, :3] * cover + 255 * (255 - cover)) // 255).astype(np.uint8))
    return np.ascontiguousarray(plain[:, :, :3])
