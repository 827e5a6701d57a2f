"""The reading machine: bytes of a file to facts with their place on each page. Knows documents, nothing of what they are for."""

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial

import numpy as np
from PIL import Image

from anpei.engines.knowledge import Rulebook
from anpei.reading._files.einvoice import XmlFile
from anpei.reading._files.ofd import OfdFile
from anpei.reading._files.open import Opened, open_file
from anpei.reading._files.pdf import PdfFile, PdfPage
from anpei.reading._files.picture import PictureFile, Pixels
from anpei.reading._sense.interpret import Meaning, Told, interpret
from anpei.reading._sense.kinds import Guess
from anpei.reading._sense.results import code_fields, fingerprint
from anpei.reading._sense.schema import Knowledge, load_knowledge
from anpei.reading._sight import quality
from anpei.reading._sight.boxes import Point
from anpei.reading._sight.codes import read_codes
from anpei.reading._sight.glance import early_verdict, glance
from anpei.reading._sight.page import Eyes, Seen
from anpei.reading._sight.scene import tell_scene
from anpei.reading._sight.upright import LONG_SIDE, shrink, turn
from anpei.reading._sight.words import words_of
from anpei.reading._stated.formats import load_formats
from anpei.reading._stated.page import Stated, read_xml, stated_by, with_stated
from anpei.reading.hints import Examiner, Hint
from anpei.reading.layouts.exchange import BoxedPage, boxed
from anpei.reading.layouts.shadows import shadow_of
from anpei.reading.model import Box, FieldReading, FileReading, PageReading, Quality

CAREFUL = 24
"""How many boxes of a page the larger model reads at most (each takes about 0.04 CPU-seconds)."""

FEW = 6
"""A picture with no more text than this that is no known paper is read with more care: it may show a plate or a tag."""

TEXT_ENOUGH = 30
"""A PDF page with fewer characters of its own is read as a picture."""


class ReadingMachine:
    """Reads files in this process; the models are loaded on first use. Not thread-safe: one per thread, or use ReadingPool."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._knowledge: Knowledge = load_knowledge(rulebook)
        self._quality = quality.load_quality(rulebook)
        self._formats = load_formats(rulebook)
        self._examiner = Examiner(rulebook)

    @cached_property
    def _eyes(self) -> Eyes:
        return Eyes()

    def warm(self) -> None:
        """Load the models and run them once."""
        self._eyes.warm()

    def page_count(self, data: bytes, name: str) -> int:
        """How many pages a file has. Raises the errors of ``reading.errors``."""
        return open_file(data, name).pages

    def read_file(self, data: bytes, name: str) -> FileReading:
        """Read all pages. Raises the errors of ``reading.errors``; a page that is merely poor comes back with its quality."""
        opened = open_file(data, name)
        return FileReading(name, tuple(self._read(opened, name, page) for page in range(1, opened.pages + 1)))

    def read_page(self, data: bytes, name: str, page: int) -> PageReading:
        """Read one page (from 1)."""
        return self._read(open_file(data, name), name, page)

    def verdict(self, data: bytes, name: str, page: int) -> Quality:
        """An early word on a page (from 1), before anything is read: whether to take the picture again at once, and what to mind.

        Raises the errors of ``reading.errors``. What is read afterwards may still say otherwise.
        """
        opened = open_file(data, name)
        if isinstance(opened, PictureFile):
            return early_verdict(glance(*opened.reduced(page, LONG_SIDE)), self._quality)
        if isinstance(opened, XmlFile) or (isinstance(opened, PdfFile | OfdFile) and len(opened.text(page).glyphs) >= TEXT_ENOUGH):
            return Quality(True)
        full = opened.pixels(page)
        return early_verdict(glance(full, max(full.shape[:2])), self._quality)

    def hints(self, data: bytes, reading: PageReading) -> tuple[Hint, ...]:
        """What a person should look at on a page that was read from these bytes (see ``reading.hints``)."""
        return self._examiner.examine(data=data, reading=reading)

    def page_image(self, data: bytes, page: int, rotation: int) -> bytes:
        """The upright page as JPEG, in the size that the boxes refer to; ``rotation`` as in the page's reading."""
        image = turn(shrink(open_file(data, "page").pixels(page)), rotation)
        out = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(image[:, :, ::-1])).save(out, "JPEG", quality=85)
        return out.getvalue()

    def boxes(self, data: bytes, name: str, page: int) -> BoxedPage:
        """A page's text boxes with what is read from them: the form that a person corrects and a layout is learnt from."""
        opened = open_file(data, name)
        text = opened.text(page) if isinstance(opened, PdfFile | OfdFile) else None
        if text is not None and len(text.glyphs) >= TEXT_ENOUGH:
            words = words_of(text.glyphs)
            meaning = interpret(words, self._knowledge, source="text", place=lambda box: box)
            return boxed(words, meaning, file=name, page=page, source="text")
        seen = self._eyes.see(opened.pixels(page))
        return boxed(seen.boxes, self._understood(seen), file=name, page=page, source="ocr")

    def _read(self, opened: Opened, name: str, page: int) -> PageReading:
        started = time.perf_counter()
        if isinstance(opened, XmlFile):
            reading = read_xml(opened, self._formats, self._knowledge)
        elif isinstance(opened, OfdFile):
            stated = stated_by(opened, page, self._formats)
            reading = with_stated(self._read_shown(opened, name, page, started, stated), stated, self._knowledge)
        else:
            return self._read_shown(opened, name, page, started)
        return replace(reading, seconds=round(time.perf_counter() - started, 4))

    def _read_shown(self, opened: Opened, name: str, page: int, started: float, stated: Stated | None = None) -> PageReading:
        """What the page shows: by its own text, else by its pixels."""
        if isinstance(opened, PdfFile | OfdFile):
            text = opened.text(page)
            if len(text.glyphs) >= TEXT_ENOUGH or (stated is not None and stated.tagged is not None):
                return self._read_text(opened, text, name, page, started, stated=stated)
        return self._read_pixels(opened.pixels(page), name, page, started)

    def _read_text(
        self, opened: PdfFile | OfdFile, text: PdfPage, name: str, page: int, started: float, *, stated: Stated | None = None
    ) -> PageReading:
        boxes = words_of(text.glyphs)
        meaning = interpret(boxes, self._knowledge, source="text", place=lambda box: box)
        kind = stated.kind_of(meaning.guess.kind) if stated is not None else ""
        if kind != meaning.guess.kind and kind in self._knowledge.kinds:
            meaning = interpret(boxes, self._knowledge, source="text", place=lambda box: box, told=Told(kind, None))
        fields = dict(meaning.fields)
        if meaning.kind is not None and meaning.kind.code_square:
            pixels = opened.pictured(page) if isinstance(opened, OfdFile) else opened.pixels(page)
            fields.update(_code_square(pixels, list) if pixels is not None else {})
        return PageReading(
            file=name,
            page=page,
            kind=meaning.guess.kind,
            kind_confidence=meaning.guess.confidence,
            layout=meaning.layout,
            quality=Quality(True),
            fields=fields,
            rows=meaning.rows,
            width=text.width,
            height=text.height,
            rotation=0,
            fingerprint=fingerprint(meaning.kind, fields, meaning.rows),
            image_hash="",
            seconds=round(time.perf_counter() - started, 4),
            source="text",
            words=len(boxes),
            shadows=shadow_of(boxes, self._knowledge, meaning, source="text", place=lambda box: box),
        )

    def _understood(self, seen: Seen) -> Meaning:
        meaning = interpret(
            seen.boxes, self._knowledge, source="ocr", place=seen.place, look=partial(self._eyes.look, seen), seals=seen.seals
        )
        scene = tell_scene(seen.boxes, seen.page) if meaning.kind is None else None
        if scene is None or scene.kind not in self._knowledge.kinds:
            return meaning
        shown = interpret(scene.boxes, self._knowledge, source="ocr", place=seen.place, told=Told(scene.kind, None))
        return replace(shown, guess=Guess(scene.kind, scene.confidence))

    def _looked_again(self, seen: Seen, before: Meaning) -> tuple[Seen, Meaning]:
        """The page with its doubted places read with more care; as before where that tells less of what is required."""
        again = self._eyes.look_again(seen, before.doubts, most=CAREFUL)
        after = self._understood(again)
        return (seen, before) if len(after.missing()) > len(before.missing()) else (again, after)

    def _read_pixels(self, full: Pixels, name: str, page: int, started: float) -> PageReading:
        seen = self._eyes.see(full)
        meaning = self._understood(seen)
        if (meaning.kind is None or meaning.kind.is_scene) and 0 < len(seen.boxes) <= FEW:
            seen = self._eyes.look_again(seen, seen.boxes, most=FEW)
            meaning = self._understood(seen)
        if meaning.doubts:
            seen, meaning = self._looked_again(seen, meaning)
        fields = dict(meaning.fields)
        if meaning.kind is not None and meaning.kind.code_square:
            fields.update(_code_square(full, partial(seen.from_full, full.shape)))
        return PageReading(
            file=name,
            page=page,
            kind=meaning.guess.kind,
            kind_confidence=meaning.guess.confidence,
            layout=meaning.layout,
            quality=_verdict(full, seen, meaning, self._quality),
            fields=fields,
            rows=meaning.rows,
            width=seen.width,
            height=seen.height,
            rotation=seen.rotation,
            fingerprint=fingerprint(meaning.kind, fields, meaning.rows),
            image_hash=seen.image_hash,
            seconds=round(time.perf_counter() - started, 4),
            source="ocr",
            words=len(seen.boxes),
            shadows=shadow_of(seen.boxes, self._knowledge, meaning, source="ocr", place=seen.place, look=partial(self._eyes.look, seen)),
        )


def _code_square(full: Pixels, place: Callable[[Sequence[Point]], list[Point]]) -> dict[str, FieldReading]:
    """The facts of the first code that has any; ``place`` moves points to the upright picture."""
    for code in read_codes(full):
        points = place(code.corners)
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        box: Box = (int(min(xs)), int(min(ys)), int(max(xs)) + 1, int(max(ys)) + 1)
        found = code_fields(code.text, box)
        if found:
            return found
    return {}


def _verdict(full: Pixels, seen: Seen, meaning: Meaning, rules: quality.QualityRules) -> Quality:
    """Whether the page can be used: the outcome decides, the picture's figures say what to advise.

    A doubtful picture is looked at once more as at first sight: what hides print, or a scene that is blurred, is refused whatever
    was read; blur alone is not where all that is required was read surely.
    """
    count, limits = len(seen.boxes), rules.reading
    certain = sum(box.score for box in seen.boxes) / max(1, count)
    whole = meaning.kind is not None and not meaning.missing()
    scene = meaning.kind is not None and meaning.kind.is_scene
    if scene or not whole or quality.faults(seen.looks, limits, cut_off=False):
        sight = glance(full, max(full.shape[:2]))
        first = early_verdict(replace(sight, print_share=0.0) if scene and meaning.fields else sight, rules)  # a plate has no small print
        surely = whole and certain >= limits.doubtful and seen.looks.sharpness >= limits.hopeless
        borne = frozenset[str]() if scene else _READ_OUT | (_BORNE if surely else frozenset[str]())
        if not first.usable and not set(first.codes) <= borne:
            return first
    if whole and scene:
        return rules.verdict(["dark"] if seen.looks.brightness < limits.dark else [], usable=True)
    if count < 3 and seen.looks.ink < limits.ink:
        return rules.verdict(["blank"], usable=False)
    if seen.leaves > limits.leaves:
        return rules.verdict(["cut_off"], usable=False)
    hopeless = count < limits.boxes or certain < limits.certain or seen.looks.sharpness < limits.hopeless
    if whole and not hopeless:
        return Quality(True)
    codes, usable = quality.outcome(seen.looks, limits, cut_off=seen.cut_off, certain=0.0 if hopeless else certain)
    if hopeless and not codes:
        codes, usable = ["unreadable" if count or seen.looks.ink >= limits.ink else "blank"], False
    return rules.verdict(codes, usable=usable)


_BORNE = frozenset({"too_blurred"})
"""Faults at first sight that a page bears on which all that is required was read surely."""

_READ_OUT = frozenset({"cut_off", "screen"})
"""Faults at first sight of which reading knows more than the first sight did."""
