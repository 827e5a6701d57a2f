"""Importing rule rows from tables (CSV, XLSX) by mapping data: a new batch or a new publisher is a new YAML file, not code."""

from anpei.rules.importer.mapping import Mapping, load_mappings
from anpei.rules.importer.operations import ImportRefused, import_table
from anpei.rules.importer.report import FileReport, ImportReport, RowError
from anpei.rules.importer.streaming import StreamTally, stream_table

__all__ = [
    "FileReport", "ImportRefused", "ImportReport", "Mapping", "RowError", "StreamTally", "import_table", "load_mappings", "stream_table",
]  # fmt: skip
