"""What reading hands out: facts of one page with their place on it, the page's quality, and the pages of a file. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

INTERFACE_VERSION = 1
UNKNOWN = "unknown"

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the upright page image (``PageReading.width`` x ``height``)."""


@dataclass(frozen=True, slots=True)
class FieldReading:
    """One fact read from a page.

    ``value`` is the typed value as text (money as decimal text ``432.60``, days as ISO dates), ``text`` what stands on the
    paper, ``confidence`` the estimated probability (0..1) that ``value`` is exactly right, ``box`` its place, and ``source``
    says by which way it was read: ``ocr`` (pixels), ``text`` (the own text of a PDF or OFD), ``qr`` (a code square), ``ofd`` (text
    that the OFD itself names as this field) or ``xml`` (declared in an XML, which has no places: ``box`` is None).
    """

    value: str
    text: str
    confidence: float
    box: Box | None
    source: str

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {**self.to_json(), "source": self.source}

    def to_json(self) -> dict[str, Any]:
        """The published form: value, text, confidence, box."""
        return {
            "value": self.value,
            "text": self.text,
            "confidence": self.confidence,
            "box": None if self.box is None else list(self.box),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "FieldReading":
        """The inverse of ``to_dict``."""
        box = data["box"]
        place: Box | None = None if box is None else (int(box[0]), int(box[1]), int(box[2]), int(box[3]))
        return cls(data["value"], data["text"], float(data["confidence"]), place, data["source"])


Row = Mapping[str, FieldReading]


@dataclass(frozen=True, slots=True)
class QualityReason:
    """One thing that is wrong with a picture, and what the person who took it should do."""

    code: str
    advice_zh: str
    advice_en: str


@dataclass(frozen=True, slots=True)
class Quality:
    """Whether the page can be used as it is. ``reasons`` may hold advice even when it can."""

    usable: bool
    reasons: tuple[QualityReason, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons."""
        return tuple(reason.code for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class ShadowReading:
    """What a layout on trial would have read: ``fields`` maps each field that differs to the live and the tried value (None where
    there is none), ``rows_differ`` says whether the rows do. It never changes a reading."""

    layout: str
    fields: Mapping[str, tuple[str | None, str | None]]
    rows_differ: bool = False

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {"layout": self.layout, "fields": {name: list(pair) for name, pair in self.fields.items()}, "rows_differ": self.rows_differ}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ShadowReading":
        """The inverse of ``to_dict``."""
        return cls(data["layout"], {name: (was, now) for name, (was, now) in data["fields"].items()}, bool(data["rows_differ"]))


@dataclass(frozen=True, slots=True)
class PageReading:
    """All that was read from one page. ``page`` counts from 1; ``rotation`` is the clockwise turn (0, 90, 180, 270) that makes
    the page upright after its own orientation tag was applied; ``fingerprint`` is equal for two pictures of the same paper as
    far as its facts tell (empty when they do not); ``image_hash`` is a 16x16 perceptual hash in hex (near for the same
    shot); ``words`` counts the text boxes seen; ``shadows`` is what layouts on trial would have read differently;
    ``source`` is how the page was read: ``ocr``, ``text`` or ``xml``.
    """

    file: str
    page: int
    kind: str
    kind_confidence: float
    layout: str
    quality: Quality
    fields: Mapping[str, FieldReading]
    rows: tuple[Row, ...]
    width: int
    height: int
    rotation: int
    fingerprint: str
    image_hash: str
    seconds: float
    source: str
    words: int = 0
    shadows: tuple[ShadowReading, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The published form of a page."""
        reasons = [{"code": reason.code, "advice": reason.advice_zh} for reason in self.quality.reasons]
        return {
            "file": self.file,
            "page": self.page,
            "kind": self.kind,
            "kind_confidence": self.kind_confidence,
            "layout": self.layout,
            "quality": {"usable": self.quality.usable, "reasons": reasons},
            "fields": {name: reading.to_json() for name, reading in self.fields.items()},
            "rows": [{name: reading.to_json() for name, reading in row.items()} for row in self.rows],
            "rotation": self.rotation,
            "width": self.width,
            "height": self.height,
            "seconds": self.seconds,
        }

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data, for storage; ``from_dict`` gives the same page back."""
        reasons = [{"code": r.code, "advice_zh": r.advice_zh, "advice_en": r.advice_en} for r in self.quality.reasons]
        return {
            **self.to_json(),
            "quality": {"usable": self.quality.usable, "reasons": reasons},
            "fields": {name: reading.to_dict() for name, reading in self.fields.items()},
            "rows": [{name: reading.to_dict() for name, reading in row.items()} for row in self.rows],
            "fingerprint": self.fingerprint,
            "image_hash": self.image_hash,
            "source": self.source,
            "words": self.words,
            "shadows": [shadow.to_dict() for shadow in self.shadows],
            "interface_version": INTERFACE_VERSION,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "PageReading":
        """The inverse of ``to_dict``."""
        quality = data["quality"]
        reasons = tuple(QualityReason(r["code"], r["advice_zh"], r["advice_en"]) for r in quality["reasons"])
        plain = ("file", "page", "kind", "layout", "width", "height", "rotation", "fingerprint", "image_hash", "source", "words")
        return cls(
            **{name: data[name] for name in plain},
            kind_confidence=float(data["kind_confidence"]),
            seconds=float(data["seconds"]),
            quality=Quality(bool(quality["usable"]), reasons),
            fields={name: FieldReading.from_dict(value) for name, value in data["fields"].items()},
            rows=tuple({name: FieldReading.from_dict(value) for name, value in row.items()} for row in data["rows"]),
            shadows=tuple(ShadowReading.from_dict(shadow) for shadow in data.get("shadows", ())),
        )


@dataclass(frozen=True, slots=True)
class FileReading:
    """The pages of one file, in order."""

    file: str
    pages: tuple[PageReading, ...]
