"""The benefit of many cases at once (批量理算): programs made of the terms, run over columns, equal to ``assess`` to the fen.

For the replay of a year of claims. ``CASES`` is the table that goes in; ``program_of`` makes the program of a product version and plan
from the same step data that the reference interprets; ``read_cases`` reads a table without a loop; ``calculate`` gives arrays. A case
for which ``why`` is not zero was not calculated: ``assess_row`` (or ``assess`` with its facts) is asked instead, nothing is guessed.
Integers only. Needs its arguments only: no database, no clock.
"""

from anpei.claims.benefit.compiled.cases import Cases, Why
from anpei.claims.benefit.compiled.comparing import Differences, by_line, differences
from anpei.claims.benefit.compiled.listing import lines_by_case, uses_by_case
from anpei.claims.benefit.compiled.outcome import CAUSES, Outcome, Uses, calculate
from anpei.claims.benefit.compiled.program import Program, program_of
from anpei.claims.benefit.compiled.table.bills import CLASSES, LineTerms
from anpei.claims.benefit.compiled.table.reading import read_cases
from anpei.claims.benefit.compiled.table.rows import CaseFacts, assess_row, facts_of, row_of, table_of
from anpei.claims.benefit.compiled.table.schema import CASES
from anpei.claims.benefit.compiled.telling import Told, told, told_of

__all__ = [
    "CASES", "CAUSES", "CLASSES", "CaseFacts", "Cases", "Differences", "LineTerms", "Outcome", "Program", "Told", "Uses", "Why",
    "assess_row", "by_line", "calculate", "differences", "facts_of", "lines_by_case", "program_of", "read_cases", "row_of", "table_of",
    "told", "told_of", "uses_by_case",
]  # fmt: skip
