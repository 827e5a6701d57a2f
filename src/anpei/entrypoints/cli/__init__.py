"""The command line ``anpei``: one module per group of commands. Answers on standard output, progress and errors on standard error."""

from anpei.entrypoints.cli.main import main

__all__ = ["main"]
