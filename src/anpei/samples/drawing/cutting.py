"""Papers that are cut off: a corner, and some fact with it, lies outside the photo."""

from random import Random

import cv2
import numpy as np

from anpei.samples.drawing.camera import GRAIN, Frame, Picture, Place, Quad, Scene, aim, light, noise, shoot

LOST = (0.16, 0.24)
"""Which part of the sheet lies outside the photo when it is cut off, in either direction."""


def cut(scene: Scene, rng: Random) -> Picture:
    """A corner of the sheet is outside the photo, and at least one fact with it where the sheet has any."""
    frame = aim(scene.sheet, rng)
    corners = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    rng.shuffle(corners)
    lost = rng.uniform(*LOST)
    tries = [_moved(frame, corner, lost + more) for more in (0.0, 0.06, 0.12, 0.18) for corner in corners]
    chosen = next((each for each in tries if any(_outside(each, point) for point in in_photo(scene, each))), tries[0])
    return noise(light(shoot(scene, chosen, rng), rng), rng, GRAIN)


def _moved(frame: Frame, corner: tuple[int, int], lost: float) -> Frame:
    """The frame moved so that a part of the sheet is beyond the right (1) or left (-1) and the lower or upper border."""
    low, high = frame.quad.min(axis=0), frame.quad.max(axis=0)
    limit = np.array([frame.width, frame.height], np.float32)
    shift = np.where(np.array(corner) > 0, limit - high, -low) + np.array(corner) * lost * (high - low)
    quad: Quad = (frame.quad + shift).astype(np.float32)
    return Frame(frame.width, frame.height, quad)


def _outside(frame: Frame, point: Place) -> bool:
    return not (0 <= point[0] < frame.width and 0 <= point[1] < frame.height)


def in_photo(scene: Scene, frame: Frame) -> list[Place]:
    """Where the facts stand in the photo."""
    if not scene.places:
        return []
    points = cv2.perspectiveTransform(np.array([scene.places], np.float64), frame.matrix(scene.sheet))[0]
    return [(float(x), float(y)) for x, y in points]
