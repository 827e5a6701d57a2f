"""Importing rule rows from tables (CSV, XLSX) by mapping data: a new batch or a new publisher is a new YAML file, not code."""

from anpei.rules.importer.mapping import Mapping, load_mappings
from anpei.rules.importer.operations import FileReport, ImportReport, RowError, import_table

__all__ = ["FileReport", "ImportReport", "Mapping", "RowError", "import_table", "load_mappings"]
