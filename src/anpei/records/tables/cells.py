"""Cells of a row as typed values; what is wrong is noted with its column, all problems of a row at once."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from anpei.kernel.money import InvalidAmount, Money
from anpei.records.tables.report import RowError, row_error

_DAY = re.compile(
    r"^(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))(?: 00:00:00)?$"
)
YES_NO = {"yes": ("yes", "y", "true", "1", "是", "有"), "no": ("no", "n", "false", "0", "否", "无", "没有")}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file: its name, other headings it may have, and whether the file must have it."""

    name: str
    also: tuple[str, ...] = ()
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: its line, and its cells by column name (empty text where nothing stands)."""

    line: int
    values: Mapping[str, str]


@dataclass
class Cells:
    """Typed access to a row. Each method gives None (or the default) and notes an error when the cell does not fit."""

    row: Row
    errors: list[RowError] = field(default_factory=list)

    def wrong(self, column: str, code: str, **values: object) -> None:
        """Note an error."""
        self.errors.append(row_error(code, line=self.row.line, column=column, **values))

    def given(self, column: str) -> str:
        """The cell's text in NFKC without white space around it, or empty."""
        return unicodedata.normalize("NFKC", self.row.values.get(column, "")).strip()

    def text(self, column: str, *, most: int = 200, needed: bool = True) -> str:
        """A text."""
        text = self.given(column)
        if not text and needed:
            self.wrong(column, "cell.missing")
        elif len(text) > most:
            self.wrong(column, "cell.too_long", most=most)
        elif any(unicodedata.category(sign) == "Cc" for sign in text):
            self.wrong(column, "cell.control")
        return text

    def day(self, column: str, *, needed: bool = True) -> date | None:
        """A day, such as ``2026-01-31``, ``2026/1/31``, ``20260131`` or ``2026年1月31日``."""
        text = self.given(column)
        if not text:
            if needed:
                self.wrong(column, "cell.missing")
            return None
        match = _DAY.match(text)
        if match is not None:
            year, *rest = [int(part) for part in match.groups() if part is not None]
            try:
                return date(year, *rest)
            except ValueError:
                pass
        self.wrong(column, "cell.day")
        return None

    def fen(self, column: str) -> int:
        """An amount in yuan as fen; an empty cell is zero."""
        text = self.given(column)
        try:
            fen = Money.parse(text).fen if text else 0
        except InvalidAmount:
            fen = -1
        if fen < 0:
            self.wrong(column, "cell.yuan")
            return 0
        return fen

    def whole(self, column: str, *, least: int, most: int, default: int | None = None) -> int | None:
        """A whole number; an empty cell is the default."""
        text = self.given(column)
        if not text:
            return default
        if re.fullmatch(r"-?\d{1,18}", text) and least <= int(text) <= most:
            return int(text)
        self.wrong(column, "cell.whole", least=least, most=most)
        return default

    def choice(self, column: str, choices: Mapping[str, Sequence[str]], *, default: str | None = None) -> str | None:
        """One of the values; each may be written in several ways, in any case. An empty cell is the default, if there is one."""
        text = self.given(column).lower()
        if not text:
            if default is None:
                self.wrong(column, "cell.missing")
            return default
        for value, ways in choices.items():
            if text == value.lower() or text in ways:
                return value
        self.wrong(column, "cell.choice", choices="、".join(choices))
        return default

    def yes(self, column: str, *, default: bool | None = None) -> bool:
        """Yes or no (是/否)."""
        fallback = None if default is None else ("yes" if default else "no")
        return self.choice(column, YES_NO, default=fallback) == "yes"
