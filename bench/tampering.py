"""Photos with a changed amount, made to measure whether hints find it: a digit is replaced by another digit of the same photo, of its
own or another size, on its own or another line, and the picture is saved anew.
"""

from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
import numpy.typing as npt

from anpei.reading.hints._glyphs import Glyphs, glyphs_of
from anpei.reading.hints._light import Light, light_of
from anpei.reading.model import Box, PageReading

Picture = npt.NDArray[np.uint8]
MOST_PIXELS = 24_000_000


@dataclass(frozen=True, slots=True)
class Way:
    """How a digit is pasted: its height as a share of the right one, how far it stands below the line (share of its height), the JPEG
    quality it is saved with."""

    name: str
    scale: float
    shift: float
    quality: int = 92


WAYS = (
    Way("larger", 1.15, 0.0),
    Way("smaller", 0.87, 0.0),
    Way("lower", 1.0, 0.12),
    Way("higher", 1.0, -0.12),
    Way("same_size_and_line", 1.0, 0.0),
    Way("same_saved_coarser", 1.0, 0.0, 70),
    Way("larger_saved_coarser", 1.15, 0.0, 70),
)


def saved_again(data: bytes, quality: int) -> bytes:
    """The picture as it is after a chat program or an editor saved it, nothing changed."""
    return _jpeg(np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), dtype=np.uint8), quality)


def tamper(data: bytes, reading: PageReading, way: Way, rng: Random) -> tuple[bytes, Box] | None:
    """The photo with one digit of an amount replaced, and the digit's place on the upright page; None where no amount can be cut out."""
    light = light_of(data, reading, most_pixels=MOST_PIXELS)
    numbers = _amounts(light, reading)
    if len(numbers) < 2 or light.turned:
        return None
    number = rng.choice(numbers)
    place = rng.randrange(len(number.places))
    kept = number.text[number.places[place]]
    donors = [
        (other, at) for other in numbers for at in range(len(other.places)) if other.text[other.places[at]] != kept and _fits(other, number)
    ]
    if not donors:
        return None
    donor, at = rng.choice(donors)
    picture = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), dtype=np.uint8)
    _paste(picture, light.on_raw(donor.boxes[at]), light.on_raw(number.boxes[place]), way)
    return _jpeg(picture, way.quality), number.boxes[place]


def _amounts(light: Light, reading: PageReading) -> list[Glyphs]:
    cells = [*reading.fields.values(), *(row["amount"] for row in reading.rows if "amount" in row)]
    found = {
        cell.box: glyphs_of(light.upright, cell.box, cell.text.strip())
        for cell in cells
        if cell.box and cell.source == "ocr" and "." in cell.value
    }
    return [number for number in found.values() if number is not None and len(number.places) >= 4]


def _fits(one: Glyphs, other: Glyphs) -> bool:
    """Whether two numbers look printed alike, so that only what is asked for is different."""
    return abs(one.height / other.height - 1) < 0.05


def _paste(picture: Picture, source: Box, target: Box, way: Way) -> None:
    """Wipe a digit out and put another one there."""
    margin = 3
    x0, y0, x1, y1 = source
    piece = picture[y0 - margin : y1 + margin, x0 - margin : x1 + margin].astype(np.float32)
    ink = np.clip(_paper(piece) - piece, 0, 255)
    ink[:, : margin - 1] = ink[:, 1 - margin :] = 0
    factor = way.scale * (target[3] - target[1]) / (y1 - y0)
    size = (max(1, round(ink.shape[1] * factor)), max(1, round(ink.shape[0] * factor)))
    ink = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    tx0, ty0, tx1, ty1 = target[0] - margin, target[1] - margin, target[2] + margin, target[3] + margin
    around = picture[ty0:ty1, tx0:tx1].astype(np.float32)
    grain = np.random.default_rng(1).normal(0, 3.5, around.shape[:2])[..., None]
    picture[ty0:ty1, tx0:tx1] = np.clip(_paper(around) + grain, 0, 255).astype(np.uint8)
    bottom = target[3] + margin * factor + way.shift * (target[3] - target[1])
    top, left = round(bottom - size[1]), round((target[0] + target[2]) / 2 - size[0] / 2)
    ground = picture[top : top + size[1], left : left + size[0]].astype(np.float32)
    ink = np.where(ink > 12, ink, 0)
    picture[top : top + size[1], left : left + size[0]] = np.clip(ground - ink, 0, 255).astype(np.uint8)


def _paper(piece: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.asarray(np.percentile(piece.reshape(-1, 3), 85, axis=0), dtype=np.float32)


def _jpeg(picture: Picture, quality: int) -> bytes:
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("the picture could not be written as JPEG")
    return data.tobytes()
