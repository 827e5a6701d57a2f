"""The form of ``rulebook/hints.yaml``: the words of each hint, and from where on something stands out."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from anpei.engines.knowledge import Rulebook

FILE = "hints.yaml"
CODES = (
    "code_square.number_differs",
    "code_square.day_differs",
    "code_square.amount_differs",
    "sums.capitals_differ",
    "sums.parts_differ",
    "sums.rows_differ",
    "number.height_breaks",
    "number.baseline_breaks",
    "number.ink_breaks",
    "number.spacing_breaks",
    "picture.saved_again",
    "picture.place_differs",
    "file.editing_software",
    "file.changed_after_making",
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    """A text for people in both languages; ``{name}`` stands for what was compared."""

    zh: str
    en: str


class HintText(Words):
    """One kind of hint: its words, and the most it can weigh (0..1)."""

    code: str
    strength: float = Field(gt=0, le=1)


class ValueLimits(_Strict):
    """Values are compared when each was read with at least this confidence (``sums``: after the failing check halved it), and when there
    are enough rows."""

    code_square: float = Field(ge=0, le=1)
    sums: float = Field(ge=0, le=1)
    rows: float = Field(ge=0, le=1)
    least_rows: int = Field(ge=2)


class NumberLimits(_Strict):
    """When characters break from their neighbours. ``least_digits``: shorter numbers tell nothing; ``least_height``: smaller ones neither
    (pixels); ``spread``: how many times the page's own unevenness; the others: by which share of the number's height (ink: of its
    darkness; spacing: of its pitch)."""

    least_digits: int = Field(ge=3)
    least_height: float = Field(gt=0)
    most_numbers: int = Field(ge=1)
    spread: float = Field(gt=0)
    height: float = Field(gt=0)
    baseline: float = Field(gt=0)
    ink: float = Field(gt=0)
    spacing: float = Field(gt=0)


class CompressionLimits(_Strict):
    """``gain``: by how much (nats a coefficient) an earlier compression must explain the picture better; ``least_values``: how many
    coefficients a place must have; ``place``: below which mean (nats) a place does not share the picture's past."""

    gain: float = Field(gt=0)
    least_values: int = Field(ge=20)
    place: float
    most_pixels: int = Field(gt=0)


class HintRules(_Strict):
    """All of the file. ``editing``: regular expressions of programs that change pictures or papers."""

    id: str
    title: Words
    status: Literal["draft", "shadow", "live", "retired"]
    owner: str
    reference: str
    values: ValueLimits
    numbers: NumberLimits
    compression: CompressionLimits
    editing: tuple[str, ...]
    hints: tuple[HintText, ...]

    @model_validator(mode="after")
    def _all_have_words(self) -> Self:
        told = [hint.code for hint in self.hints]
        if sorted(told) != sorted(CODES):
            odd = sorted(set(CODES) ^ set(told)) or sorted(code for code in set(told) if told.count(code) > 1)
            raise ValueError(f"hints without words, unknown ones, or twice: {', '.join(odd)}")
        return self

    def text_of(self, code: str) -> HintText:
        """The words of a hint."""
        return next(hint for hint in self.hints if hint.code == code)


def load_rules(rulebook: Rulebook) -> HintRules:
    """Read ``hints.yaml``. Raises KnowledgeError."""
    return rulebook.load(FILE, HintRules)
