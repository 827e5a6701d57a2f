"""Traces of an earlier compression in a JPEG: its coefficients were once multiples of other steps, and that leaves gaps and heaps.

For each of nine low frequencies the histogram of quantised coefficients is explained twice: as smooth, and as smooth times the pattern
that an earlier step would leave. Where a pattern explains it clearly better, the picture was compressed before with that step. A
place whose coefficients do not follow the patterns of the rest was put there after the first compression. Only earlier
compressions on the same 8 x 8 grid, and with coarser steps than the last, leave this trace clearly: a picture that was cropped or
resized between, or saved anew in lower quality, shows nothing.

Sources: Lukáš, Fridrich, "Estimation of primary quantization matrix in double compressed JPEG images" (2003); Bianchi, Piva,
"Image forgery localization via block-grained analysis of JPEG artifacts" (2012), of which this is a plain form.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import gcd

import numpy as np
import numpy.typing as npt

from anpei.reading._files.picture import Pixels
from anpei.reading.hints._light import Light
from anpei.reading.hints.model import Sign
from anpei.reading.hints.rules import CompressionLimits
from anpei.reading.model import Box

Floats = npt.NDArray[np.float64]
Values = npt.NDArray[np.int64]

_MODES = ((0, 1), (1, 0), (2, 0), (1, 1), (0, 2), (0, 3), (1, 2), (2, 1), (3, 0))
_TOP = 60
"""Coefficients (in steps) up to this size are looked at; the rest are few."""
_LARGEST = 40
_ROUNDING = 0.45
"""Standard deviation of what rounding pixels between the two compressions does to a coefficient."""
_FLOOR = 0.02
_ENOUGH = 400
_AGREEING = 3
_SAMPLE = 12_000
_WIDE = 2
"""A place is looked at in pieces of so many blocks along its longer side."""


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of an earlier compression: by mode and size of coefficient, how much more likely (log) it is under the earlier step
    (0 for modes that show none); and by how many nats a coefficient the picture is better explained."""

    patterns: Floats
    gain: float


def compression_signs(light: Light, boxes: Sequence[Box], limits: CompressionLimits) -> Iterator[Sign]:
    """Whether the picture was saved before, and which of the places (boxes of the upright page) do not share that past."""
    if light.raw is None or light.steps is None:
        return
    steps = np.array([light.steps[mode] for mode in _MODES], dtype=np.float32)
    grid = _grid(light.raw)
    past = past_of(_sampled(grid), steps, gain=limits.gain)
    if past is None:
        return
    yield Sign("picture.saved_again", None, min(1.0, past.gain))
    for box in boxes:
        mean = worst_piece(grid, steps, light.on_raw(box), past, least=limits.least_values)
        if mean is not None and mean < limits.place:
            yield Sign("picture.place_differs", box, min(1.0, mean / limits.place / 2))


def _grid(raw: Pixels) -> Pixels:
    """The picture as 8 x 8 blocks: rows of blocks, blocks, 8, 8."""
    down, across = raw.shape[0] // 8, raw.shape[1] // 8
    return raw[: down * 8, : across * 8].reshape(down, 8, across, 8).swapaxes(1, 2)


def _sampled(grid: Pixels) -> Pixels:
    """Some rows of the blocks, spread evenly."""
    every = max(1, grid.shape[0] * grid.shape[1] // _SAMPLE)
    return grid[::every].reshape(-1, 8, 8)


@cache
def _waves() -> npt.NDArray[np.float32]:
    """The cosine waves of the modes as columns over the 64 pixels of a block."""
    place = np.arange(8)
    wave = np.array([np.cos((2 * place + 1) * mode * np.pi / 16) * (np.sqrt(0.125) if mode == 0 else 0.5) for mode in range(8)])
    return np.stack([np.outer(wave[u], wave[v]).reshape(64) for u, v in _MODES], axis=1).astype(np.float32)


def _sizes(blocks: Pixels, steps: npt.NDArray[np.float32]) -> Values:
    """The sizes of the modes' coefficients as they stand in the file, (blocks, modes); 0 for blocks that are clipped: they tell nothing."""
    flat = blocks.reshape(len(blocks), 64)
    found: Values = np.abs(np.rint((flat.astype(np.float32) - 128) @ _waves() / steps)).astype(np.int64)
    found[(flat.min(axis=1) == 0) | (flat.max(axis=1) == 255)] = 0
    found[found > _TOP] = 0
    return found


def past_of(blocks: Pixels, steps: npt.NDArray[np.float32], *, gain: float) -> Past | None:
    """The earlier compression that explains blocks, when it does by at least ``gain`` nats a coefficient in three modes."""
    sizes = _sizes(blocks, steps)
    patterns, gains = np.zeros((len(_MODES), _TOP + 1)), []
    for mode in range(len(_MODES)):
        heights = np.bincount(sizes[:, mode], minlength=_TOP + 1)[1:].astype(np.float64)
        if heights.sum() < _ENOUGH:
            continue
        best, pattern = _best(heights, round(float(steps[mode])))
        if best >= gain:
            patterns[mode, 1:] = pattern
            gains.append(best)
    return Past(patterns, float(np.median(gains))) if len(gains) >= _AGREEING else None


def _best(heights: Floats, step: int) -> tuple[float, Floats]:
    """The pattern of the earlier step that explains a histogram best, and by how much; steps that leave no trace are left out."""
    best, kept = 0.0, heights
    for first in range(2, _LARGEST + 1):
        smooth = _smooth(heights, first // gcd(first, step))
        if step % first == 0 or smooth is None:
            continue
        pattern = _pattern(first, step)
        pattern = pattern - np.log((np.exp(pattern) * smooth).sum() / smooth.sum())
        gain = float((heights * pattern).sum() / heights.sum())
        if gain > best:
            best, kept = gain, pattern
    return best, kept


@cache
def _pattern(first: int, step: int) -> Floats:
    """How many multiples of the first step fall to each multiple (from 1) of the second, as log of its share of the mean."""
    multiples = np.arange(0, (_TOP + 2) * step // first + 2) * first
    spread = np.sqrt(2) * _ROUNDING
    away = (np.arange(1, _TOP + 1)[:, None] * step - multiples[None, :]) / spread
    share = (_erf(away + step / 2 / spread) - _erf(away - step / 2 / spread)).sum(axis=1) / 2
    return np.asarray(np.log(np.maximum(share * first / step, _FLOOR)))


def _erf(values: Floats) -> Floats:
    """The error function (Abramowitz, Stegun 7.1.26; error below 2e-7)."""
    size = np.abs(values)
    t = 1 / (1 + 0.3275911 * size)
    curve = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.asarray(np.sign(values) * (1 - curve * np.exp(-size * size)))


def _smooth(heights: Floats, period: int) -> Floats | None:
    """The histogram (from size 1) without what repeats after ``period``: a moving mean, carried on at its ends; None when too short."""
    kernel = np.ones(period) if period % 2 else np.array([0.5, *np.ones(period - 1), 0.5])
    reach = len(kernel) // 2
    if len(heights) <= 2 * reach + 2:
        return None
    middle = np.convolve(heights, kernel / period, "valid") + 1e-3
    step = min(len(middle) - 1, max(1, period // 2))
    rise = min(4.0, max(1.0, float(middle[0] / middle[step]))) ** (1 / step)
    return np.concatenate([middle[0] * rise ** np.arange(reach, 0, -1), middle, np.full(reach, middle[-1])])


def worst_piece(grid: Pixels, steps: npt.NDArray[np.float32], box: Box, past: Past, *, least: int) -> float | None:
    """How the piece of a place that follows the past least follows it (mean log-likelihood of its coefficients, nats); None where
    every piece has fewer than ``least`` coefficients. ``box`` is in pixels of the blocks' picture."""
    x0, y0 = max(0, box[0] // 8), max(0, box[1] // 8)
    blocks = grid[y0 : -(-box[3] // 8), x0 : -(-box[2] // 8)]
    if blocks.shape[0] > blocks.shape[1]:
        blocks = blocks.swapaxes(0, 1)
    down, across = blocks.shape[:2]
    if not down or across < _WIDE:
        return None
    sizes = _sizes(blocks.reshape(-1, 8, 8), steps)
    told = past.patterns[np.arange(len(_MODES)), sizes].reshape(down, across, -1).sum(axis=(0, 2))
    count = ((sizes > 0) & (past.patterns[:, 1:].any(axis=1))).reshape(down, across, -1).sum(axis=(0, 2))
    window = np.ones(_WIDE)
    told, count = np.convolve(told, window, "valid"), np.convolve(count, window, "valid")
    enough = count >= least
    return float((told[enough] / count[enough]).min()) if enough.any() else None
