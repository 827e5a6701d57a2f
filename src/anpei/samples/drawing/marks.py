"""Marks on paper: red seals, QR codes, the grey portrait of an identity card, a faint security pattern."""

from functools import cache
from math import atan2, cos, degrees, pi, sin
from random import Random

import numpy as np
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter

from anpei.samples.drawing.sheet import DOTS_PER_MM, FACE_SANS, Colour, font

SEAL_RED: Colour = (214, 48, 49)


def qr(text: str, size: float) -> Image.Image:
    """A QR code of ``size`` mm with its quiet zone."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    picture = Image.fromarray(np.array(code.to_image(scale=1)))
    return picture.resize((round(size * DOTS_PER_MM),) * 2, Image.Resampling.NEAREST).convert("RGB")


def _arc_text(layer: Image.Image, text: str, *, rx: float, ry: float, size: int, spread: float, colour: Colour) -> None:
    """Characters at equal steps along the upper arc of an ellipse, feet to the centre."""
    angles = np.radians(np.linspace(-90 - spread / 2, -90 + spread / 2, 400))
    xs, ys = rx * np.cos(angles), ry * np.sin(angles)
    along = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(xs), np.diff(ys)))))
    face = font(size, FACE_SANS)
    for index, char in enumerate(text):
        place = (index + 0.5) / len(text) * along[-1]
        x, y, angle = (float(np.interp(place, along, values)) for values in (xs, ys, angles))
        glyph = Image.new("L", (size * 2, size * 2), 0)
        ImageDraw.Draw(glyph).text((size, size), char, 255, font=face, anchor="mm", stroke_width=0.6)
        lean = degrees(atan2(ry * cos(angle), -rx * sin(angle)))
        turned = glyph.rotate(-lean, resample=Image.Resampling.BICUBIC)
        layer.paste(colour, (round(layer.width / 2 + x - size), round(layer.height / 2 + y - size)), turned)


def _worn(layer: Image.Image, rng: Random) -> Image.Image:
    """Uneven ink: parts of the seal are paler."""
    noise = np.random.default_rng(rng.getrandbits(32)).random((10, 10), dtype=np.float32)
    weight = Image.fromarray((noise * 110).astype(np.uint8)).resize(layer.size, Image.Resampling.BICUBIC)
    return Image.composite(Image.new("RGB", layer.size, (255, 255, 255)), layer, weight)


def seal(
    name: str, purpose: str, *, rng: Random, diameter: float = 38, flat: float = 1.0, code: str = "", star: bool = True
) -> Image.Image:
    """A round (``flat`` 1) or oval seal: the holder along the rim, the purpose below a star."""
    width, height = round(diameter * DOTS_PER_MM), round(diameter * flat * DOTS_PER_MM)
    layer = Image.new("RGB", (width, height), (255, 255, 255))
    pencil = ImageDraw.Draw(layer)
    colour = (SEAL_RED[0] + rng.randint(-14, 20), SEAL_RED[1] + rng.randint(0, 40), SEAL_RED[2] + rng.randint(0, 40))
    pencil.ellipse([3, 3, width - 4, height - 4], outline=colour, width=7)
    spread = min(30 * len(name), 235)
    inset = width * 0.1 + 10
    room = (width - 2 * inset) * pi * (1 + flat) / 4 * spread / 180 / len(name)
    size = round(min(width * 0.105, room * 0.92))
    _arc_text(layer, name, rx=width / 2 - inset, ry=height / 2 - inset, size=size, spread=spread, colour=colour)
    if star:
        outer = height * 0.13
        points = [
            (
                width / 2 + (outer if k % 2 == 0 else outer * 0.4) * sin(pi * k / 5),
                height * 0.5 - (outer if k % 2 == 0 else outer * 0.4) * cos(pi * k / 5),
            )
            for k in range(10)
        ]
        pencil.polygon(points, fill=colour)
    small = round(width * 0.1)
    pencil.text((width / 2, height * 0.74), purpose, colour, font=font(small, FACE_SANS), anchor="mm", stroke_width=0.6)
    if code:
        pencil.text((width / 2, height * (0.5 if not star else 0.87)), code, colour, font=font(round(width * 0.07), FACE_SANS), anchor="mm")
    turned = layer.rotate(rng.uniform(-14, 14), resample=Image.Resampling.BICUBIC, expand=True, fillcolor=(255, 255, 255))
    return _worn(turned.filter(ImageFilter.GaussianBlur(0.7)), rng)


def portrait(width: float, height: float, *, ground: Colour = (225, 228, 232)) -> Image.Image:
    """A neutral grey head and shoulders; nobody's face."""
    w, h = round(width * DOTS_PER_MM), round(height * DOTS_PER_MM)
    picture = Image.new("RGB", (w, h), ground)
    pencil = ImageDraw.Draw(picture)
    pencil.ellipse([w * 0.3, h * 0.16, w * 0.7, h * 0.58], fill=(150, 152, 156))
    pencil.ellipse([w * 0.08, h * 0.62, w * 0.92, h * 1.4], fill=(128, 130, 136))
    return picture.filter(ImageFilter.GaussianBlur(1.5))


@cache
def waves(width: int, height: int, colour: Colour, ground: Colour) -> Image.Image:
    """Fine wavy lines as on cards and pre-printed forms (px)."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    field = np.sin((y + 14 * np.sin(x / 57)) / 3.1) + np.sin((x + 11 * np.sin(y / 41)) / 4.7)
    weight = np.clip((field - 1.0) / 1.0, 0, 1)[..., None]
    mixed = np.array(ground, np.float32) * (1 - weight) + np.array(colour, np.float32) * weight
    return Image.fromarray(mixed.astype(np.uint8))
