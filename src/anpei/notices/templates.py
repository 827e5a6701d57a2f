"""Notice texts as data: dated templates in two languages with named, typed placeholders."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

from anpei.engines.knowledge import Rulebook
from anpei.kernel.clock import SHANGHAI, local_text
from anpei.kernel.errors import InvalidInput, NotFound
from anpei.kernel.money import Money
from anpei.notices.model import Language, NoticeText

FOLDER = "notices/texts"
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
Value = str | int | Money | date | datetime | Sequence[str]
Plain = str | int | list[str]


class TemplateUnknown(NotFound):
    """No template with this id is in force on the day."""

    code = "notices.template_unknown"


class InvalidValues(InvalidInput):
    """The values do not fit the template's placeholders; the message names them."""

    code = "notices.invalid_values"


class Kind(StrEnum):
    """What a placeholder holds, and so how it is written: ``AMOUNT`` ``¥1,234.56``, ``LIST`` one numbered line each."""

    TEXT = "text"
    NUMBER = "number"
    AMOUNT = "amount"
    DAY = "day"
    INSTANT = "instant"
    LIST = "list"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Strict):
    """A title in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Words(_Strict):
    """Subject and body of one language."""

    subject: str = Field(min_length=1, max_length=60)
    body: str = Field(min_length=1)

    def placeholders(self) -> set[str]:
        """The names in braces."""
        return set(_PLACEHOLDER.findall(self.subject + self.body))


class GoodExample(_Strict):
    """Values in plain form (amounts as decimal text, days and instants as ISO text) and a piece of each text they must give."""

    values: Mapping[str, Plain]
    zh: str
    en: str


class BadExample(_Strict):
    """A sentence that must never be written in place of this notice, and why."""

    language: Language = Language.ZH
    text: str
    why: str


class Template(_Strict):
    """One notice text. ``basis``: the article or clause that demands it, or what it serves."""

    id: str = Field(pattern=r"^[a-z_]+$")
    title: Title
    status: str = Field(pattern=r"^(draft|live|retired)$")
    owner: str
    basis: str = Field(min_length=2)
    effective_from: date
    effective_to: date | None = None
    placeholders: Mapping[str, Kind]
    zh: Words
    en: Words
    good_examples: tuple[GoodExample, ...] = Field(min_length=1)
    bad_examples: tuple[BadExample, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _placeholders_fit(self) -> "Template":
        for language, words in ((Language.ZH, self.zh), (Language.EN, self.en)):
            if words.placeholders() != set(self.placeholders):
                different = ", ".join(sorted(words.placeholders() ^ set(self.placeholders)))
                raise ValueError(f"the placeholders and the {language.value} text differ in: {different}")
        if re.search(r"[{}]", _PLACEHOLDER.sub("", self.zh.subject + self.zh.body + self.en.subject + self.en.body)):
            raise ValueError("a brace stands alone: placeholders are written {like_this}")
        return self

    def still_valid_on(self, day: date) -> bool:
        """Whether the template is in force on a day."""
        return self.status == "live" and self.effective_from <= day and (self.effective_to is None or day < self.effective_to)

    def render(self, values: Mapping[str, Value], *, language: Language = Language.ZH) -> NoticeText:
        """Fill the text in. Raises InvalidValues when a value is missing, of the wrong kind, or not in the template."""
        different = set(values) ^ set(self.placeholders)
        if different:
            raise InvalidValues(
                f"notice {self.id}: the values and the placeholders differ in: {', '.join(sorted(different))}", data={"template": self.id}
            )
        written = {name: self._write(name, values[name], language) for name in self.placeholders}
        words = self.zh if language is Language.ZH else self.en
        subject, body = (_PLACEHOLDER.sub(lambda found: written[found[1]], text) for text in (words.subject, words.body))
        return NoticeText(subject=" ".join(subject.split()), body=body.strip() + "\n")

    def _write(self, name: str, value: Value, language: Language) -> str:
        try:
            return _WRITERS[self.placeholders[name]](value, language)
        except TypeError as error:
            kind = self.placeholders[name].value
            raise InvalidValues(
                f"notice {self.id}: {name} must be of the kind {kind}", data={"template": self.id, "field": name}
            ) from error

    def read_values(self, plain: Mapping[str, Plain]) -> dict[str, Value]:
        """Values in plain form (an example's) as the kinds they are."""
        return {name: _read(self.placeholders.get(name, Kind.TEXT), value) for name, value in plain.items()}


def _read(kind: Kind, value: Plain) -> Value:
    if kind is Kind.AMOUNT:
        return Money.parse(str(value))
    if kind is Kind.DAY:
        return date.fromisoformat(str(value))
    return datetime.fromisoformat(str(value)) if kind is Kind.INSTANT else value


def _write_text(value: Value, _language: Language) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError
    return value.strip()


def _write_number(value: Value, _language: Language) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError
    return str(value)


def _write_amount(value: Value, _language: Language) -> str:
    if not isinstance(value, Money):
        raise TypeError
    return str(value)


def _write_day(value: Value, language: Language) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError
    return f"{value.year}年{value.month}月{value.day}日" if language is Language.ZH else f"{value.day} {value:%B %Y}"


def _write_instant(value: Value, language: Language) -> str:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise TypeError
    local = value.astimezone(SHANGHAI)
    return local_text(value) if language is Language.ZH else f"{local.day} {local:%B %Y, %H:%M} (China time)"


def _write_list(value: Value, _language: Language) -> str:
    if isinstance(value, str) or not isinstance(value, Sequence) or not value or not all(isinstance(line, str) for line in value):
        raise TypeError
    return "\n".join(f"{number}. {' '.join(line.split())}" for number, line in enumerate(value, start=1))


_WRITERS = {
    Kind.TEXT: _write_text,
    Kind.NUMBER: _write_number,
    Kind.AMOUNT: _write_amount,
    Kind.DAY: _write_day,
    Kind.INSTANT: _write_instant,
    Kind.LIST: _write_list,
}


class TemplateBook:
    """All templates of the rulebook."""

    def __init__(self, templates: Sequence[Template]) -> None:
        self.templates = tuple(templates)

    def get(self, template_id: str, *, on: date) -> Template:
        """The template in force on a day. Raises TemplateUnknown."""
        for template in self.templates:
            if template.id == template_id and template.still_valid_on(on):
                return template
        raise TemplateUnknown(
            f"no notice text {template_id} is in force on {on}: add one to {FOLDER} in the rulebook", data={"template": template_id}
        )


def load_templates(rulebook: Rulebook) -> TemplateBook:
    """Read every text in ``notices/texts``. Raises KnowledgeError with file and line."""
    return TemplateBook([template for _path, template in rulebook.load_all(FOLDER, Template)])
