"""What is seen before anything is understood: scenes, glare, the paper's edge, seals in low light."""

import cv2
import numpy as np
import pytest

from anpei.reading._sight.quality import glare_of
from anpei.reading._sight.scene import Tones, is_scenery, tones
from anpei.reading._sight.seal import find_seals
from anpei.reading._sight.upright import find_paper

RNG = np.random.default_rng(4)


@pytest.mark.parametrize(
    ("seen", "traces", "scenery"),
    [
        (Tones(0.35, 120, 1.8, 0.0, 0.9), 3, True),
        (Tones(0.73, 90, 1.46, 0.0, 0.80), 1, True),
        (Tones(0.58, 126, 1.26, 0.0, 0.95), 0, True),
        (Tones(0.73, 90, 1.46, 0.0, 0.80), 2, False),
        (Tones(0.79, 41, 1.40, 0.0, 0.97), 0, False),
        (Tones(0.58, 126, 1.15, 0.0, 0.95), 0, False),
        (Tones(0.42, 170, 1.60, 0.09, 0.5), 0, False),
    ],
    ids=["varied", "dim ground", "no even ground", "traces of text", "paper", "blurred", "burnt out"],
)
def test_a_scene_is_told_by_its_ground(seen: Tones, traces: int, *, scenery: bool) -> None:
    assert is_scenery(seen, traces=traces) is scenery


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 500, 3), (9, 9, 3), (10, 4000, 3), (4000, 11, 3), (40, 40, 3)])
@pytest.mark.parametrize("level", [0, 30, 255])
def test_tiny_pictures_and_strips_have_tones_of_nothing(shape: tuple[int, ...], level: int) -> None:
    seen = tones(np.full(shape, level, np.uint8))
    assert (seen.even, seen.light, seen.ground) == (1.0, 0.0, 1.0)
    assert not is_scenery(seen, traces=0)


def test_a_flash_is_glare_and_a_screens_white_is_not() -> None:
    flat = np.full((300, 400), 150, np.uint8)
    flat[60:200, 80:300] = 255
    everywhere = np.ones(flat.shape, np.bool_)
    assert glare_of(flat, everywhere) == 0.0
    noisy = np.clip(flat + RNG.normal(0, 4, flat.shape), 0, 255).astype(np.uint8)
    noisy[60:200, 80:300] = 255
    assert glare_of(noisy, everywhere) > 0.2


def test_the_white_of_a_scan_around_a_tinted_card_is_not_glare() -> None:
    grain = np.clip(232 + RNG.normal(0, 4, (400, 500)), 0, 245).astype(np.uint8)
    scan = np.full((400, 500), 254, np.uint8)
    scan[100:250, 100:350] = grain[100:250, 100:350]
    everywhere = np.ones(scan.shape, np.bool_)
    assert glare_of(scan, everywhere) == 0.0
    flash = grain.copy()
    flash[100:300, 50:450] = 254
    assert glare_of(flash, everywhere) > 0.35


def printed(page: "cv2.typing.MatLike", y: int) -> None:
    cv2.putText(page, "RECEIPT 2026-03-05 TOTAL 128.00 NO 0366890480", (60, y), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (40, 40, 40), 2)


def test_a_tinted_table_of_a_scan_is_not_the_paper() -> None:
    page = np.full((1168, 1680, 3), 250, np.uint8)
    cv2.rectangle(page, (120, 420), (1500, 1080), (205, 225, 205), -1)
    alone = page.copy()
    for y in range(60, 400, 55):
        printed(page, y)
    assert find_paper(alone) is not None
    assert find_paper(page) is None


def test_a_card_of_two_colours_is_not_cut_at_the_change() -> None:
    card = np.full((864, 1370, 3), (60, 120, 190), np.uint8)
    card[:490] = (225, 225, 230)
    assert find_paper(card) is None


@pytest.mark.parametrize("light", [1.0, 0.4])
def test_seals_are_found_in_any_light(light: float) -> None:
    page = np.full((1400, 1000, 3), 245, np.uint8)
    cv2.circle(page, (600, 900), 140, (150, 150, 215), 14)  # pale ink: in low light less red than a fixed limit would ask
    lit = np.clip(page * light + RNG.normal(0, 5, page.shape), 0, 255).astype(np.uint8)
    (x0, y0, x1, y1), *others = find_seals(lit)
    assert not others
    assert (x0 < 480, y0 < 780, x1 > 720, y1 > 1020) == (True, True, True, True)
