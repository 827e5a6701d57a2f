"""Code squares (QR) on a page, read at full resolution."""

from dataclasses import dataclass

import cv2
import zxingcpp

from anpei.reading._files.picture import Pixels
from anpei.reading._sight.boxes import Point

_ENOUGH = 2600


@dataclass(frozen=True, slots=True)
class CodeSquare:
    """The text of a code and its corners in the full picture."""

    text: str
    corners: tuple[Point, ...]


def read_codes(full: Pixels) -> list[CodeSquare]:
    """The QR codes of a picture; first on a smaller copy, then at full resolution."""
    long_side = max(full.shape[:2])
    if long_side > _ENOUGH:
        scale = _ENOUGH / long_side
        found = _read(cv2.resize(full, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), 1 / scale)
        if found:
            return found
    return _read(full, 1.0)


def _read(image: "cv2.typing.MatLike", scale: float) -> list[CodeSquare]:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    codes: list[CodeSquare] = []
    for code in zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)):
        place = code.position
        corners = tuple((p.x * scale, p.y * scale) for p in (place.top_left, place.top_right, place.bottom_right, place.bottom_left))
        codes.append(CodeSquare(code.text, corners))
    return codes
