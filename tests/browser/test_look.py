"""The tokens of the look: every pair of colours that text uses is readable, in the light and in the dark. Needs no browser."""

import re
from itertools import product
from pathlib import Path

import anpei.entrypoints.pages

SHEET = Path(anpei.entrypoints.pages.__path__[0]) / "static" / "anpei.css"
TEXTS = ("ink", "secondary", "jade", "amber", "red", "blue")
SURFACES = ("ground", "card")
CHIPS = ("jade", "amber", "red", "blue")


def tokens() -> tuple[dict[str, str], dict[str, str]]:
    """The tokens by name: light, and dark over it."""
    roots = re.findall(r":root \{(.*?)\}", SHEET.read_text(encoding="utf-8"), flags=re.DOTALL)
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", root)) for root in roots)
    return light, light | dark


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2)."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_pair_that_text_uses_is_readable() -> None:
    for scheme in tokens():
        pairs = [*product(TEXTS, SURFACES), *((name, f"{name}-soft") for name in CHIPS), ("ink", "jade-soft"), ("ink", "amber-soft")]
        pairs += [("on-action", "jade"), ("secondary", "jade-soft")]
        poor = {pair: round(contrast(scheme[pair[0]], scheme[pair[1]]), 2) for pair in pairs}
        assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}


def test_the_ratio_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_the_sheet_holds_nothing_from_elsewhere() -> None:
    text = SHEET.read_text(encoding="utf-8")
    assert re.findall(r"url\((?!#)|@import|https?:", text) == []
    assert "prefers-reduced-motion" in text
