"""Red seals: they lie over the text that matters. Inside a seal the red channel alone is shown, in which red ink nearly vanishes."""

import cv2
import numpy as np

from anpei.reading._files.picture import Pixels


def lift_seals(image: Pixels) -> tuple[Pixels, list[tuple[int, int, int, int]]]:
    """The image with the red channel as grey inside seals, and the seals' places; red print elsewhere stays."""
    seals = find_seals(image)
    if not seals:
        return image, []
    lifted = image.copy()
    for x0, y0, x1, y1 in seals:
        lifted[y0:y1, x0:x1] = image[y0:y1, x0:x1, 2:3]
    return lifted, seals


def find_seals(image: Pixels) -> list[tuple[int, int, int, int]]:
    """Places of red ink that are shaped like seals: round, oval or square, of some size, not lines of print."""
    height, width = image.shape[:2]
    scale = 500 / max(height, width)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    hsv = cv2.cvtColor(small, cv2.COLOR_BGR2HSV)
    hue, saturation, value = hsv[:, :, 0], hsv[:, :, 1], hsv[:, :, 2]
    red = (((hue < 12) | (hue > 165)) & (saturation > 55) & (value > 60)).astype(np.uint8)
    if red.mean() > 0.25:
        return []
    joined = cv2.morphologyEx(red, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined)
    found: list[tuple[int, int, int, int]] = []
    for index in range(1, count):
        x, y, w, h, _ = (int(v) for v in stats[index])
        ink = float(red[y : y + h, x : x + w].mean())
        if min(w, h) < 24 or max(w, h) > 260 or not 0.4 < w / h < 2.5 or ink < 0.05:
            continue
        pad = 3
        found.append(
            (
                max(0, int((x - pad) / scale)),
                max(0, int((y - pad) / scale)),
                min(width, int((x + w + pad) / scale)),
                min(height, int((y + h + pad) / scale)),
            )
        )
    return found
