"""What an import says: every line with content is taken, skipped or refused with a reason."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SHOWN = 10
"""Of each reason so many refusals are kept in a report; all of them go to whoever listens while the files are read."""


@dataclass(frozen=True, slots=True)
class RowError:
    """One refused line: file, line (from 1; 0 = the file as a whole), column (header text, may be empty), reason in both languages."""

    file: str
    line: int
    column: str
    code: str
    reason: str
    reason_en: str


@dataclass(slots=True)
class FileReport:
    """One recognised table: its file (``file.xlsx#sheet`` in a workbook), its role, how many lines with content follow the header."""

    file: str
    table: str
    lines: int = 0


@dataclass(slots=True)
class ImportReport:
    """What went through, filled while the files are read: the mappings used, ``taken`` lines, ``skipped`` lines (footers, lines without
    limits), refusals by reason and the first of each; different ``rows``, those whose id is ``new``, and whether they were kept."""

    mappings: list[str] = field(default_factory=list)
    files: list[FileReport] = field(default_factory=list)
    taken: int = 0
    skipped: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    shown: list[RowError] = field(default_factory=list)
    rows: int = 0
    new: int = 0
    kept: bool = False

    @property
    def lines(self) -> int:
        """Lines read so far."""
        return sum(file.lines for file in self.files)

    @property
    def refused(self) -> int:
        """How many refusals there are."""
        return self.refusals.total()

    @property
    def is_whole(self) -> bool:
        """Whether nothing was refused; the rows of a partial import are used only by explicit choice."""
        return not self.refusals

    def refuse(self, error: RowError) -> None:
        """Count a refusal; the first of each reason are remembered."""
        self.refusals[error.code] += 1
        if self.refusals[error.code] <= SHOWN:
            self.shown.append(error)

    def refused_by_reason(self) -> Mapping[str, int]:
        """How many refusals each code has, the most frequent first."""
        return dict(sorted(self.refusals.items(), key=lambda entry: (-entry[1], entry[0])))

    def shown_of(self, code: str) -> Sequence[RowError]:
        """The first refusals of a reason."""
        return [error for error in self.shown if error.code == code]
