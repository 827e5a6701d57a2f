"""The kept rule rows (规则条目库): what snapshots are compiled from, as Parquet files sorted by rule id, replaced whole or not at all.

Owns the folder ``rules/`` of a home: ``manifest.json`` names the files that count (the parts), anything else there is left over from
an addition that did not come to its end. ``store`` is the way in, ``form`` says what a file holds, ``parts`` reads and writes files,
``adding`` and ``merging`` put new rows into kept ones by files sorted alike, ``coding`` gives all rows as columns for compiling,
``ordering`` all rows sorted by subject. Memory does not grow with the number of rows, except in ``coding``. Emits no events.
"""

from anpei.rules.holdings.adding import Adding, Doubled, Merged, RowsContradict
from anpei.rules.holdings.form import SCHEMA, RowUnfit
from anpei.rules.holdings.ordering import rows_by_subject
from anpei.rules.holdings.parts import HoldingsDamaged, Parts
from anpei.rules.holdings.store import Holdings, HoldingsBusy

__all__ = [
    "SCHEMA", "Adding", "Doubled", "Holdings", "HoldingsBusy", "HoldingsDamaged", "Merged", "Parts", "RowUnfit", "RowsContradict",
    "rows_by_subject",
]  # fmt: skip
