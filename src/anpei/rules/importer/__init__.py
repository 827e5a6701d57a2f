"""Importing rule rows from tables (CSV, XLSX) by mapping data: a new batch or a new publisher is a new YAML file, not code."""

from anpei.rules.importer.mapping import Mapping, load_mappings
from anpei.rules.importer.operations import ImportRefused, Listening, read_tables
from anpei.rules.importer.report import FileReport, ImportReport, RowError

__all__ = ["FileReport", "ImportRefused", "ImportReport", "Listening", "Mapping", "RowError", "load_mappings", "read_tables"]
