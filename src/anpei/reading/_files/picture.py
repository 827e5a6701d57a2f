"""Pictures: size checked from the header, decoded by Pillow, turned by their own orientation tag, as BGR arrays."""

import io
import struct
import warnings
import zlib
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from anpei.reading import errors
from anpei.reading._files.sniff import MAX_PAGES, MAX_PIXELS, Format

Pixels = npt.NDArray[np.uint8]
_PLENTY = 24_000_000
"""A JPEG of more pixels is decoded at half its size: more than enough to read, and four times lighter."""

_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
_PLAIN = {"1", "L", "RGB", "P"}
MAX_SIDE = 65_500
"""No camera makes a longer picture, and no JPEG can be longer."""

_SLIM, _LEAST, _DOT = 100, 16, 40
"""A picture longer than _SLIM times its width, of a side below _LEAST or of no side of _DOT pixels gets white beside it."""

_TROUBLE = (
    OSError, SyntaxError, ValueError, EOFError, MemoryError, TypeError, LookupError, AttributeError, RuntimeError, ArithmeticError,
    struct.error, zlib.error, cv2.error, Image.DecompressionBombError,
)  # fmt: skip
"""What decoders of pictures raise over damaged files."""


@dataclass(frozen=True, slots=True)
class PictureFile:
    """An opened picture file (a TIFF may have several pages)."""

    data: bytes
    name: str
    pages: int

    def pixels(self, page: int) -> Pixels:
        """Page ``page`` (from 1) as an upright-by-its-tag BGR array at full resolution."""
        return self._decoded(page)[0]

    def reduced(self, page: int, long_side: int) -> tuple[Pixels, int]:
        """As ``pixels``, a JPEG decoded at the smallest of its sizes with at least ``long_side`` px; and the long side it has in full."""
        return self._decoded(page, long_side)

    def _decoded(self, page: int, least: int | None = None) -> tuple[Pixels, int]:
        try:
            with _open(self.data, self.name) as image:
                if page > 1:
                    image.seek(page - 1)
                _check_pixels(image, self.name)
                full = max(image.size)
                if least is not None and full > least:
                    image.draft("RGB", (max(1, image.width * least // full), max(1, image.height * least // full)))
                elif image.width * image.height > _PLENTY:
                    image.draft("RGB", (max(1, image.width // 2), max(1, image.height // 2)))
                image.load()
                turned = ImageOps.exif_transpose(image)
                return seemly(_bgr(turned if turned is not None else image)), full
        except _TROUBLE as error:
            raise _damaged(self.name, error) from error


def open_picture(data: bytes, name: str, found: Format) -> PictureFile:
    """Check a picture's header. Raises TooManyPixels, TooManyPages, FileTruncated."""
    try:
        with _open(data, name) as image:
            _check_pixels(image, name)
            pages = int(getattr(image, "n_frames", 1)) if found is Format.TIFF else 1
    except _TROUBLE as error:
        raise _damaged(name, error) from error
    if pages > MAX_PAGES:
        raise errors.TooManyPages(f"{name}: {pages} pages; at most {MAX_PAGES} are accepted: split the file", pages=pages)
    return PictureFile(data, name, pages)


def seemly(pixels: Pixels) -> Pixels:
    """A picture in a shape that can be worked with: a strip or a dot gets white below or beside it, others stay as they are."""
    height, width = pixels.shape[:2]
    longest = max(height, width)
    least = max(_LEAST, -(-longest // _SLIM)) if longest >= _DOT else _DOT
    if height >= least and width >= least:
        return pixels
    down, right = max(0, least - height), max(0, least - width)
    return np.asarray(cv2.copyMakeBorder(pixels, 0, down, 0, right, cv2.BORDER_CONSTANT, value=(255, 255, 255)), dtype=np.uint8)


def _open(data: bytes, name: str) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise errors.TooManyPixels(f"{name}: too many pixels; at most {MAX_PIXELS} are accepted: make the picture smaller") from error
    except UnidentifiedImageError as error:
        raise _damaged(name, error) from error


def _check_pixels(image: Image.Image, name: str) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise errors.TooManyPixels(
            f"{name}: {width} x {height} pixels; at most {MAX_PIXELS} are accepted: make the picture smaller", width=width, height=height
        )


def _bgr(image: Image.Image) -> Pixels:
    """Any mode as 8-bit BGR; transparency lies on white, 16-bit grey is scaled down."""
    if image.mode.startswith(("I", "F")):
        grey = np.asarray(image, dtype=np.float32)
        top = 255.0 if grey.max(initial=0.0) <= 255 else 65535.0
        image = Image.fromarray((np.clip(grey / top, 0, 1) * 255).astype(np.uint8))
    if image.mode not in _PLAIN or "transparency" in image.info:
        if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
            image = image.convert("RGBA")
            ground = Image.new("RGBA", image.size, (255, 255, 255, 255))
            image = Image.alpha_composite(ground, image)
        image = image.convert("RGB")
    array = np.asarray(image if image.mode == "RGB" else image.convert("RGB"), dtype=np.uint8)
    return np.asarray(cv2.cvtColor(array, cv2.COLOR_RGB2BGR), dtype=np.uint8)


def _damaged(name: str, error: Exception) -> errors.FileTruncated:
    return errors.FileTruncated(f"{name}: the picture is damaged or cut short ({type(error).__name__}); upload the original file again")
