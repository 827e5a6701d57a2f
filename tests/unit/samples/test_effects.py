"""Photo conditions: each says whether a person would call it usable, and does to the sheet what its name says."""

from random import Random

import cv2
import numpy as np
import pytest

from anpei.samples.drawing.camera import Picture, Scene
from anpei.samples.drawing.effects import EFFECTS, photograph

USABLE = {
    "clean", "phone", "small",
    "rotated_90", "rotated_180", "rotated_270", "tilted", "dark", "glare", "blur_2", "crumpled", "seal", "screen",
    "song", "handwriting",
}  # fmt: skip
UNUSABLE = {"blur_bad", "shaken", "night", "washed_out", "cut", "far"}
MARK = (220, 60, 20)
PLACES = ((300.0, 260.0), (1300.0, 260.0), (300.0, 900.0), (1300.0, 900.0))


def paper() -> Scene:
    """A sheet of 200 x 140 mm with a coloured mark on each fact and fine lines across."""
    sheet: Picture = np.full((1120, 1600, 3), 250, np.uint8)
    sheet[::16] = 40
    for x, y in PLACES:
        cv2.circle(sheet, (int(x), int(y)), 60, MARK, -1)
    return Scene(sheet, None, PLACES)


def taken(effect: str, seed: int = 4) -> Picture:
    return EFFECTS[effect].take(paper(), Random(seed))


def marks_seen(picture: Picture) -> int:
    """How many of the marks lie in the photo with more than half of their size."""
    blue = (picture[..., 0].astype(np.int16) - picture[..., 2] > 60).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(blue, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8)))
    sizes = stats[1:, cv2.CC_STAT_AREA]
    return int((sizes > 0.55 * sizes.max()).sum())


def sharp(picture: Picture) -> float:
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return float(np.abs(cv2.Sobel(cv2.GaussianBlur(grey, (0, 0), 1.0), cv2.CV_32F, 0, 1)).mean())


def test_what_a_person_would_call_usable() -> None:
    assert {name for name, effect in EFFECTS.items() if effect.usable is True} == USABLE
    assert {name for name, effect in EFFECTS.items() if effect.usable is False} == UNUSABLE
    assert len({effect.title_zh for effect in EFFECTS.values() if effect.usable is not None}) == len(USABLE | UNUSABLE)


@pytest.mark.parametrize("effect", ["crumpled", "cut", "far", "seal", "screen", "washed_out"])
def test_the_same_seed_gives_the_same_photo_and_another_one_another(effect: str) -> None:
    scene = paper()
    first, again, other = (photograph(scene.sheet, effect, Random(seed), places=scene.places) for seed in (5, 5, 6))
    assert first == again != other


def test_the_sheet_itself_is_never_drawn_on() -> None:
    scene = paper()
    before = scene.sheet.copy()
    for effect in ("seal", "crumpled", "screen"):
        EFFECTS[effect].take(scene, Random(1))
    assert np.array_equal(scene.sheet, before)


def test_sizes() -> None:
    phone, small, far = taken("phone"), taken("small"), taken("far")
    assert 2200 <= max(phone.shape) <= 2900
    assert max(small.shape) == pytest.approx(0.75 * max(phone.shape), abs=1)
    assert 200 * 0.8 < far.shape[1] < 200 * 1.4, "a millimetre of paper and some desk around it"


def test_a_cut_off_sheet_loses_a_fact_and_an_ordinary_photo_none() -> None:
    assert [marks_seen(taken("phone", seed)) for seed in range(3)] == [4] * 3
    assert max(marks_seen(taken("cut", seed)) for seed in range(4)) < 4


def test_a_flash_burns_print_away_that_a_lamp_leaves() -> None:
    burnt = {effect: float((taken(effect) >= 252).all(axis=2).mean()) for effect in ("phone", "glare", "washed_out")}
    assert burnt["phone"] < 0.001
    assert burnt["glare"] < 0.1 < burnt["washed_out"]


def test_blur_and_shake_grow_with_the_paper_in_the_photo() -> None:
    phone = sharp(taken("phone"))
    assert sharp(taken("blur_2")) < 0.7 * phone
    assert sharp(taken("blur_bad")) < 0.3 * phone
    assert sharp(taken("blur_bad")) < 0.8 * sharp(taken("blur_3"))


def test_night_drowns_print_and_low_light_does_not() -> None:
    levels = {effect: float(np.percentile(taken(effect), 90)) for effect in ("phone", "dark", "night")}
    assert levels["night"] < 30 < levels["dark"] < 130 < levels["phone"]


def test_a_seal_is_red_ink_over_a_fact() -> None:
    sheet = np.full((1120, 1600, 3), 250, np.uint8)
    picture = EFFECTS["seal"].take(Scene(sheet, None, ((800.0, 500.0),)), Random(2)).astype(np.int16)
    red = picture[..., 2] - np.maximum(picture[..., 0], picture[..., 1]) > 40
    y, x = (float(np.median(axis)) / size for axis, size in zip(np.nonzero(red), red.shape, strict=True))
    assert red.mean() > 0.003
    assert abs(x - 0.5) < 0.12
    assert abs(y - 0.47) < 0.12


def test_a_screen_shows_coloured_waves_on_white() -> None:
    white = Scene(np.full((1120, 1600, 3), 250, np.uint8))
    spread = {}
    for effect in ("phone", "screen"):
        picture = EFFECTS[effect].take(white, Random(3)).astype(np.float32)
        middle = picture[picture.shape[0] // 3 : picture.shape[0] // 2, picture.shape[1] // 3 : picture.shape[1] // 2]
        spread[effect] = float((middle[..., 2] - middle[..., 0]).std())
    assert spread["screen"] > 4 * spread["phone"]


def test_creases_bend_straight_lines() -> None:
    sheet = np.full((1120, 1600, 3), 255, np.uint8)
    sheet[558:562] = 0
    assert bent(EFFECTS["crumpled"].take(Scene(sheet), Random(4))) > 2 * bent(EFFECTS["phone"].take(Scene(sheet), Random(4)))


def bent(picture: Picture) -> float:
    """How far (px) the only line strays from a straight one, in the middle of the photo."""
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (0, 0), 3.0)
    height, width = grey.shape
    columns = np.arange(int(width * 0.3), int(width * 0.7), 4)
    rows = grey[int(height * 0.3) : int(height * 0.7), columns].argmin(axis=0)
    return float(np.abs(rows - np.polyval(np.polyfit(columns, rows, 1), columns)).max())
