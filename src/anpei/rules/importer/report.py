"""What an import says: every line with content is taken, skipped or refused with a reason."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from anpei.rules.model import RuleRow


@dataclass(frozen=True, slots=True)
class RowError:
    """One refused line: file, line (from 1; 0 = the file as a whole), column (header text, may be empty), reason in both languages."""

    file: str
    line: int
    column: str
    code: str
    reason: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class FileReport:
    """One recognised table: its file (``file.xlsx#sheet`` in a workbook), its role, how many lines with content follow the header."""

    file: str
    table: str
    lines: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The result: the mappings used, ``taken`` lines, ``skipped`` lines (footers, lines without limits), refused ones, and rows."""

    mappings: tuple[str, ...]
    files: tuple[FileReport, ...]
    taken: int
    skipped: int
    refused: tuple[RowError, ...]
    rows: tuple[RuleRow, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was refused; the rows of a partial report are used only by explicit choice."""
        return not self.refused

    def refused_by_reason(self) -> Mapping[str, int]:
        """How many refusals each code has, the most frequent first."""
        counts = Counter(error.code for error in self.refused)
        return dict(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))
