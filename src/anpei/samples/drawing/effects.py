"""Photo conditions: a clean sheet becomes a phone photo on a desk, dark, glaring, blurred, shaken, crumpled, turned or cut off.

Every effect is a function of a scene and a seeded random source and says whether a person would call its picture usable: faults
that make a page unusable are measured in millimetres of paper, so that they hide a card as well as an A4 sheet. The photo's long
side is 2,200 to 2,900 px unless the effect is about size.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np

from anpei.kernel import errors
from anpei.samples.drawing import marks
from anpei.samples.drawing.camera import GRAIN, Picture, Place, Scene, aim, light, noise, shoot, u8
from anpei.samples.drawing.cutting import cut, in_photo
from anpei.samples.drawing.faces import FACE_PEN, FACE_QUICK, FACE_SERIF, HANDS, filled_in, in_face
from anpei.samples.drawing.sheet import DOTS_PER_MM

Take = Callable[[Scene, Random], Picture]


class UnknownEffect(errors.InvalidInput):
    """No effect has this name."""

    code = "samples.unknown_effect"


@dataclass(frozen=True, slots=True)
class Effect:
    """One photo condition. ``usable``: whether a person would call the picture usable (None where people would differ).

    ``printed`` is another face for what the form prints, ``filled`` another for the facts (a hand).
    """

    take: Take
    usable: bool | None
    title_zh: str
    title_en: str
    printed: int | None = None
    filled: int | None = None

    @property
    def by_hand(self) -> bool:
        """Whether the facts are written by hand."""
        return self.filled in HANDS

    @contextmanager
    def in_its_faces(self) -> Iterator[None]:
        """Sheets made in this context are printed and filled in as the condition has it."""
        with ExitStack() as stack:
            if self.printed is not None:
                stack.enter_context(in_face(self.printed))
            if self.filled is not None:
                stack.enter_context(filled_in(self.filled))
            yield


def clean(scene: Scene, rng: Random) -> Picture:
    """The sheet as scanned."""
    return scene.sheet


def phone(scene: Scene, rng: Random) -> Picture:
    """An ordinary phone photo."""
    return noise(light(shoot(scene, aim(scene.sheet, rng), rng), rng), rng, GRAIN)


def small(scene: Scene, rng: Random) -> Picture:
    """A phone photo at three quarters of the size."""
    picture = light(shoot(scene, aim(scene.sheet, rng), rng), rng)
    return noise(u8(cv2.resize(picture, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA)), rng, GRAIN)


def far(scene: Scene, rng: Random) -> Picture:
    """A thumbnail: 0.8 to 1 px to a millimetre of paper, so that characters of common print have about 3 px."""
    frame = aim(scene.sheet, rng)
    picture = light(shoot(scene, frame, rng), rng)
    scale = rng.uniform(0.8, 1.0) / frame.dots(scene.sheet, DOTS_PER_MM)
    return noise(u8(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)), rng, GRAIN)


def tilted(scene: Scene, rng: Random) -> Picture:
    """A phone photo held askew by 8 degrees."""
    return noise(light(shoot(scene, aim(scene.sheet, rng, tilt=rng.choice((-8.0, 8.0))), rng), rng), rng, GRAIN)


def dark(scene: Scene, rng: Random) -> Picture:
    """A photo in a badly lit room."""
    return noise(light(shoot(scene, aim(scene.sheet, rng), rng), rng, low=0.6, gain=rng.uniform(0.34, 0.42)), rng, 6.5)


def night(scene: Scene, rng: Random) -> Picture:
    """A photo without light: the print drowns in noise."""
    return noise(light(shoot(scene, aim(scene.sheet, rng), rng), rng, low=0.6, gain=rng.uniform(0.03, 0.045)), rng, 9.0)


def glare(scene: Scene, rng: Random) -> Picture:
    """A lamp reflected on the paper: one saturated spot."""
    picture = light(shoot(scene, aim(scene.sheet, rng), rng), rng)
    height, width = picture.shape[:2]
    y, x = np.mgrid[0 : height // 8 + 1, 0 : width // 8 + 1].astype(np.float32)
    cx, cy = rng.uniform(0.3, 0.7) * width / 8, rng.uniform(0.3, 0.7) * height / 8
    radius = rng.uniform(0.07, 0.11) * width / 8
    spot = 235 * np.exp(-((x - cx) ** 2 + ((y - cy) * 1.4) ** 2) / (2 * radius**2))
    added = cv2.resize(spot.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    return noise(u8(cv2.add(picture, cv2.merge([added] * 3))), rng, GRAIN)


def washed_out(scene: Scene, rng: Random) -> Picture:
    """A flash reflected on the paper: print is burnt away over a third of the sheet, most facts among it."""
    frame = aim(scene.sheet, rng)
    picture = light(shoot(scene, frame, rng), rng)
    height, width = picture.shape[:2]
    places = in_photo(scene, frame) or [(width / 2, height / 2)]
    cx, cy = np.median(np.array(places), axis=0) / 8
    reach = 0.1 * float(np.ptp(frame.quad, axis=0).min() + np.ptp(frame.quad, axis=0).max()) / 8
    y, x = np.mgrid[0 : height // 8 + 1, 0 : width // 8 + 1].astype(np.float32)
    away = np.sqrt((x - cx) ** 2 + (y - cy) ** 2) / (reach * rng.uniform(0.9, 1.15))
    spot = np.clip(255 * (1.8 - away) / 0.6, 0, 255)
    added = cv2.resize(spot.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    return noise(u8(cv2.add(picture, cv2.merge([added] * 3))), rng, GRAIN)


def blurred(sigma: float, *, paper: float = 0.0) -> Take:
    """A photo out of focus by ``sigma`` px, or by ``paper`` mm of the paper where that is more."""

    def effect(scene: Scene, rng: Random) -> Picture:
        frame = aim(scene.sheet, rng)
        wide = max(sigma, paper * frame.dots(scene.sheet, DOTS_PER_MM))
        return noise(u8(cv2.GaussianBlur(light(shoot(scene, frame, rng), rng), (0, 0), wide)), rng, GRAIN)

    return effect


def motion(scene: Scene, rng: Random) -> Picture:
    """A shaken photo: 15 px along a slanted line."""
    picture = light(shoot(scene, aim(scene.sheet, rng), rng), rng)
    return noise(u8(cv2.filter2D(picture, -1, _shake(15, rng))), rng, GRAIN)


def shaken(scene: Scene, rng: Random) -> Picture:
    """A badly shaken photo: 2.4 to 3 mm of the paper along a slanted line."""
    frame = aim(scene.sheet, rng)
    picture = light(shoot(scene, frame, rng), rng)
    length = max(15, round(rng.uniform(2.4, 3.0) * frame.dots(scene.sheet, DOTS_PER_MM)))
    return noise(u8(cv2.filter2D(picture, -1, _shake(length, rng))), rng, GRAIN)


def _shake(length: int, rng: Random) -> "cv2.typing.MatLike":
    kernel = np.zeros((length, length), np.float32)
    low, high = round(length * 4 / 15), round(length * 10 / 15)
    cv2.line(kernel, (0, rng.randint(low, high)), (length - 1, rng.randint(low, high)), 1.0, 1)
    return np.asarray(kernel / kernel.sum())


def turned(quarter_turns: int) -> Take:
    """A phone photo turned by quarter turns anticlockwise."""

    def effect(scene: Scene, rng: Random) -> Picture:
        return np.ascontiguousarray(np.rot90(phone(scene, rng), quarter_turns))

    return effect


def crumpled(scene: Scene, rng: Random) -> Picture:
    """Paper that was folded and crushed: creases that shift the print by about a millimetre and throw shadows."""
    height, width = scene.sheet.shape[:2]
    rows, columns = height // 8 + 1, width // 8 + 1
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    side = float(max(rows, columns))
    waves = np.random.default_rng(rng.getrandbits(32)).random((5, 5), dtype=np.float32)
    relief = cv2.resize(waves, (columns, rows), interpolation=cv2.INTER_CUBIC).astype(np.float32) * 0.035 * side
    for _ in range(rng.randint(3, 5)):
        angle, deep = rng.uniform(0, np.pi), rng.uniform(0.01, 0.02) * side
        cx, cy = rng.uniform(0.15, 0.85) * columns, rng.uniform(0.15, 0.85) * rows
        away = np.abs((x - cx) * np.cos(angle) + (y - cy) * np.sin(angle))
        relief += deep * np.exp(-away / (0.06 * side))
    relief = np.asarray(cv2.GaussianBlur(relief, (0, 0), 3.5), np.float32)
    dx, dy = (np.asarray(cv2.Sobel(relief, cv2.CV_32F, *by, scale=1 / 8)) for by in ((1, 0), (0, 1)))
    strength = 1.2 * DOTS_PER_MM / max(0.05, float(np.percentile(np.hypot(dx, dy), 99)))
    across, down = (cv2.resize(d * strength, (width, height), interpolation=cv2.INTER_LINEAR) for d in (dx, dy))
    grid_y, grid_x = np.mgrid[0:height, 0:width].astype(np.float32)
    bent = cv2.remap(scene.sheet, grid_x + across, grid_y + down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    shade = cv2.resize(np.clip(0.96 + 0.22 * (dx + dy) / max(0.05, float(np.abs(dx + dy).max())), 0.7, 1.0), (width, height))
    shaded = u8(cv2.multiply(bent.astype(np.float32), cv2.merge([shade] * 3)))
    cover = u8(cv2.remap(scene.cover, grid_x + across, grid_y + down, cv2.INTER_LINEAR))
    return phone(Scene(shaded, cover, scene.places), rng)


def sealed(scene: Scene, rng: Random) -> Picture:
    """A phone photo of a sheet with one or two red seals pressed over its facts."""
    sheet = scene.sheet.copy()
    height, width = sheet.shape[:2]
    places = rng.sample(scene.places, min(len(scene.places), rng.choice((1, 2)))) or [(width * 0.6, height * 0.7)]
    for place in places:
        diameter = min(rng.uniform(34, 40), 0.32 * min(width, height) / DOTS_PER_MM)
        drawn = marks.seal("临江市中心医院", "收费专用章", rng=rng, diameter=diameter)
        ink = np.ascontiguousarray(np.asarray(drawn.convert("RGB"))[:, :, ::-1])
        left = round(min(max(place[0] + rng.uniform(-0.2, 0.2) * ink.shape[1] - ink.shape[1] / 2, 0), width - ink.shape[1]))
        top = round(min(max(place[1] + rng.uniform(-0.2, 0.2) * ink.shape[0] - ink.shape[0] / 2, 0), height - ink.shape[0]))
        below = sheet[top : top + ink.shape[0], left : left + ink.shape[1]]
        below[:] = cv2.multiply(below, ink, scale=1 / 255)
    return phone(Scene(sheet, scene.mask, scene.places), rng)


def screen(scene: Scene, rng: Random) -> Picture:
    """A photo of the sheet on a screen: its pixels beat with the camera's (moiré), the ground is black, the light its own."""
    height, width = scene.sheet.shape[:2]
    shown = cv2.resize(cv2.resize(scene.sheet, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA), (width, height))
    frame = aim(scene.sheet, rng)
    ground = np.full((frame.height, frame.width, 3), rng.randint(8, 26), np.uint8)
    picture = shoot(Scene(u8(shown), scene.mask), frame, rng, ground=ground).astype(np.float32)
    y, x = np.mgrid[0 : frame.height, 0 : frame.width].astype(np.float32)
    pitch, angle = rng.uniform(1.02, 1.06), np.radians(rng.uniform(-4, 4))
    along, upright = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    rows = 1 - 0.04 * (1 + np.cos(2 * np.pi * upright / pitch))
    for channel in range(3):
        stripes = 1 - 0.08 * (1 + np.cos(2 * np.pi * (along / pitch + channel / 3)))
        picture[..., channel] *= stripes * rows
    return noise(u8(np.clip(picture * 1.05, 0, 255)), rng, GRAIN)


EFFECTS: dict[str, Effect] = {
    "clean": Effect(clean, True, "扫描件", "clean scan"),
    "phone": Effect(phone, True, "手机拍照", "phone photo"),
    "small": Effect(small, True, "小图(0.75 倍)", "small (0.75x)"),
    "rotated_90": Effect(turned(1), True, "转 90 度", "turned 90"),
    "rotated_180": Effect(turned(2), True, "转 180 度", "turned 180"),
    "rotated_270": Effect(turned(3), True, "转 270 度", "turned 270"),
    "tilted": Effect(tilted, True, "斜 8 度", "tilted 8 degrees"),
    "dark": Effect(dark, True, "光线暗", "low light"),
    "glare": Effect(glare, True, "反光", "glare"),
    "blur_2": Effect(blurred(2.0), True, "轻微模糊", "blurred (sigma 2)"),
    "crumpled": Effect(crumpled, True, "纸张褶皱", "crumpled paper"),
    "seal": Effect(sealed, True, "印章压字", "seal over fields"),
    "screen": Effect(screen, True, "翻拍屏幕", "photo of a screen"),
    "song": Effect(phone, True, "宋体", "Song face", printed=FACE_SERIF),
    "handwriting": Effect(phone, True, "手写(工整)", "filled in by hand", filled=FACE_PEN),
    "scrawl": Effect(phone, None, "手写(潦草)", "filled in by hand, quickly", filled=FACE_QUICK),
    "blur_bad": Effect(blurred(5.0, paper=0.75), False, "严重模糊", "badly blurred"),
    "shaken": Effect(shaken, False, "严重抖动", "badly shaken"),
    "night": Effect(night, False, "几乎无光", "no light"),
    "washed_out": Effect(washed_out, False, "大面积反光", "washed out by a flash"),
    "cut": Effect(cut, False, "没有拍全", "cut off"),
    "far": Effect(far, False, "太小", "too small"),
    "blur_3": Effect(blurred(3.0), None, "模糊", "blurred (sigma 3)"),
    "blur_8": Effect(blurred(8.0), None, "模糊", "blurred (sigma 8)"),
    "motion": Effect(motion, None, "抖动", "shaken (15 px)"),
}


def effect_named(name: str) -> Effect:
    """The condition of this name. Raises UnknownEffect."""
    if name not in EFFECTS:
        raise UnknownEffect(f"no effect named {name}: take one of {', '.join(EFFECTS)}")
    return EFFECTS[name]


def photograph(sheet: Picture, effect: str, rng: Random, *, mask: Picture | None = None, places: tuple[Place, ...] = ()) -> bytes:
    """The JPEG of a BGR sheet under a named effect. Raises UnknownEffect.

    ``mask`` is the shape of a sheet that is no rectangle, ``places`` are where facts stand on it (px).
    """
    picture = effect_named(effect).take(Scene(sheet, mask, places), rng)
    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 92 if effect == "clean" else 80])
    if not done:
        raise UnknownEffect(f"the page could not be written as JPEG under effect {effect}")
    return data.tobytes()
