"""The parts of a layout file that say how its form is told from others, and where on it a value stands."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LayoutKeys(_Strict):
    """What gives a form away. Every kind of key that is stated must hold.

    ``words``: all of them stand on the page; ``province`` and ``hospital``: one of them does; ``receipt_code_prefix``: the
    page's receipt code begins with one of them. Words may have one misread character, hospitals not in a sign that tells two
    of them apart (第一, 第二).
    """

    words: tuple[str, ...] = ()
    province: tuple[str, ...] = ()
    hospital: tuple[str, ...] = ()
    receipt_code_prefix: tuple[str, ...] = ()

    @field_validator("province", "hospital", "receipt_code_prefix", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("receipt_code_prefix")
    @classmethod
    def _digits(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not (prefix.isascii() and prefix.isdigit() and 2 <= len(prefix) <= 12) for prefix in value):
            raise ValueError('a receipt code prefix is 2 to 12 digits in quotes, such as "3301"')
        return value

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not (self.words or self.province or self.hospital or self.receipt_code_prefix):
            raise ValueError("a layout needs a key: words, province, hospital or receipt_code_prefix")
        if any(not word.strip() for word in (*self.words, *self.province, *self.hospital)):
            raise ValueError("a key is a printed word, not blank")
        return self


class Region(_Strict):
    """Where a value stands, seen from a printed word that the form always carries.

    ``box`` is x0, y0, x1, y1 in text heights of the anchor (the width of one of its full-width characters), measured from the
    middle of the anchor's left edge along its line: x to the right, y downwards. Text whose middle lies inside belongs to it.
    """

    anchor: str = Field(min_length=2)
    box: tuple[float, float, float, float]

    @model_validator(mode="after")
    def _has_room(self) -> Self:
        x0, y0, x1, y1 = self.box
        if x1 <= x0 or y1 <= y0:
            raise ValueError("a region's box is x0, y0, x1, y1 with x1 > x0 and y1 > y0")
        return self
