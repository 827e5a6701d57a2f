"""One picture of a page to text boxes: shrink, lay flat, turn upright, lift seals, read; boxes come back on the upright picture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from anpei.reading._files.picture import Pixels
from anpei.reading._sight.boxes import Corners, Point, TextBox, split_at_gaps, without_echoes
from anpei.reading._sight.ocr import Ocr, Quadrangle
from anpei.reading._sight.quality import Looks, look
from anpei.reading._sight.seal import lift_seals
from anpei.reading._sight.upright import Matrix, Orientation, find_paper, flatten, move, shrink, turn, turn_matrix
from anpei.reading.model import Box

CERTAIN = 0.88
"""From this probability on the orientation model is believed without a check (it never says more than about 0.93)."""

SURER = 0.05
"""The larger model is believed even when it is this much less sure."""

PROBES = 6
EDGE = 0.015
"""How near to the picture's border (share of its long side) text counts as running out of the picture."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen on a page: text and lifted seals on the flat page; the matrix back to the upright picture of width x height."""

    boxes: tuple[TextBox, ...]
    back: Matrix
    width: int
    height: int
    rotation: int
    looks: Looks
    cut_off: bool
    leaves: float
    image_hash: str
    page: Pixels
    seals: tuple[Box, ...] = ()

    def place(self, box: TextBox) -> TextBox:
        """A box moved to the upright picture."""
        a, b, c, d = (move(self.back, point) for point in box.corners)
        return replace(box, corners=(a, b, c, d))

    def from_full(self, shape: tuple[int, ...], points: Sequence[Point]) -> list[Point]:
        """Points of the unturned full picture (of a shape: height, width) on the upright picture."""
        wide, high = (self.height, self.width) if self.rotation in (90, 270) else (self.width, self.height)
        matrix = turn_matrix(wide, high, self.rotation)
        return [move(matrix, (x * wide / shape[1], y * high / shape[0])) for x, y in points]


class Eyes:
    """The models that look at pictures; one per process."""

    def __init__(self) -> None:
        self._ocr = Ocr()
        self._orientation = Orientation()

    def warm(self) -> None:
        """Load the models and run each of them once."""
        self.see(np.full((640, 480, 3), 255, dtype=np.uint8))
        strip = np.array([[0, 0], [320, 0], [320, 48], [0, 48]], dtype=np.float32)
        for careful in (False, True):
            self._ocr.recognise(np.full((48, 320, 3), 255, dtype=np.uint8), [strip], careful=careful)

    def see(self, full: Pixels) -> Seen:
        """Read a picture."""
        small = shrink(full)
        height, width = small.shape[:2]
        quad = find_paper(small)
        flat, there = flatten(small, quad) if quad is not None else (small, np.eye(3))
        rotation, page, places, seals = self._upright(flat)
        boxes = without_echoes(split_at_gaps([box for box in self._ocr.recognise(page, places) if box is not None]))
        upright = turn_matrix(width, height, rotation)
        back = upright @ np.linalg.inv(there) @ np.linalg.inv(turn_matrix(flat.shape[1], flat.shape[0], rotation))
        turned = rotation in (90, 270)
        onto = np.diag([full.shape[1] / width, full.shape[0] / height, 1.0]) @ np.linalg.inv(upright) @ back
        text = [move(onto, box.centre) for box in sorted(boxes, key=lambda box: -box.width)]
        return Seen(
            boxes=tuple(boxes),
            back=back,
            width=height if turned else width,
            height=width if turned else height,
            rotation=rotation,
            looks=look(full, page, text),
            cut_off=(quad is None or quad.touches)
            and _runs_out(full, [move(onto, (x, y)) for box in boxes if len(box.text) > 1 for x, y in box.corners]),
            leaves=0.0 if quad is None else quad.leaves(small.shape),
            image_hash=perceptual_hash(turn(small, rotation)),
            page=page,
            seals=tuple(seals),
        )

    def look(self, seen: Seen, places: Sequence[Corners]) -> list[TextBox | None]:
        """Read again at given places of the flat page."""
        return self._ocr.recognise_pieces(seen.page, [np.array(corners, dtype=np.float32) for corners in places])

    def look_again(self, seen: Seen, doubts: Sequence[TextBox], *, most: int) -> Seen:
        """The page with the doubted boxes (the weakest ``most`` of them) read by the larger model, where that is surer."""
        doubted = [index for index, box in enumerate(seen.boxes) if any(_covers(box, doubt) for doubt in doubts)]
        chosen = sorted(sorted(doubted, key=lambda index: seen.boxes[index].score)[:most])
        places = [np.array(seen.boxes[index].corners, dtype=np.float32) for index in chosen]
        boxes = list(seen.boxes)
        for index, box in zip(chosen, self._ocr.recognise(seen.page, places, careful=True), strict=True):
            if box is not None and box.score > boxes[index].score - SURER:
                boxes[index] = box
        return replace(seen, boxes=tuple(split_at_gaps(boxes)))

    def _upright(self, flat: Pixels) -> tuple[int, Pixels, list[Quadrangle], list[Box]]:
        """The clockwise turn, the page turned by it without its seals, where text stands on it, and where the seals were.

        Where the orientation model is unsure (an almost empty page), the shape of the text boxes and a few of them read both
        ways decide.
        """
        rotation, sure = self._orientation.rotation(flat)
        page, places, seals = self._found(turn(flat, rotation))
        if sure >= CERTAIN or not places:
            return rotation, page, places, seals
        if sum(_tall(place) for place in places) > 0.5 * len(places):
            rotation = (rotation + 90) % 360
            page, places, seals = self._found(turn(flat, rotation))
        widest = sorted(places, key=lambda place: -float(np.ptp(place[:, 0])))[:PROBES]
        if self._sureness(page, [place[[2, 3, 0, 1]] for place in widest]) > self._sureness(page, widest) + 0.05:
            rotation = (rotation + 180) % 360
            page, places, seals = self._found(turn(flat, rotation))
        return rotation, page, places, seals

    def _found(self, page: Pixels) -> tuple[Pixels, list[Quadrangle], list[Box]]:
        lifted, seals = lift_seals(page)
        return lifted, self._ocr.detect(lifted), seals

    def _sureness(self, page: Pixels, places: Sequence[Quadrangle]) -> float:
        """How sure the recogniser is of some boxes on average."""
        read = self._ocr.recognise(page, places)
        return sum(box.score for box in read if box is not None) / max(1, len(places))


def _covers(box: TextBox, piece: TextBox) -> bool:
    """Whether the middle of a piece lies in a box."""
    x, y = piece.centre
    return box.x0 <= x <= box.x1 and abs(y - box.at((x - box.x0) / max(1.0, box.x1 - box.x0))[1]) < 0.5 * box.height


def _runs_out(full: Pixels, corners: Sequence[Point]) -> bool:
    """Whether text reaches the picture's border: a paper whose margin alone is outside has lost nothing."""
    height, width = full.shape[:2]
    near = EDGE * max(height, width)
    return any(x < near or y < near or x > width - near or y > height - near for x, y in corners)


def _tall(place: Quadrangle) -> bool:
    return float(np.ptp(place[:, 1])) > 1.5 * float(np.ptp(place[:, 0]))


def perceptual_hash(image: Pixels) -> str:
    """A 16x16 pHash as 64 hex digits: near (few bits) for the same shot, far for others."""
    small = cv2.resize(image, (256, 256), interpolation=cv2.INTER_LINEAR)
    tiny = cv2.resize(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    waves = cv2.dct(tiny)[:16, :16]
    bits = (waves > np.median(waves)).flatten()
    return f"{int(''.join('1' if bit else '0' for bit in bits), 2):064x}"
