"""The ``anpei`` command: groups, the home folder, and one place that turns an AnpeiError into a clear line and an exit code."""

import sys
from pathlib import Path
from typing import Any

import click

from anpei import __version__
from anpei.entrypoints.cli.common import fail
from anpei.kernel.errors import AnpeiError
from anpei.trust.access.logs import configure_logging

GROUPS = ("claims", "knowledge", "proofs", "reading", "records", "samples", "serving", "staff")


class _Commands(click.Group):
    """A group whose commands live in the sibling modules, loaded when first used so that ``anpei --help`` is quick."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AnpeiError as error:
            fail(error)

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._load()
        return super().get_command(ctx, cmd_name)

    def _load(self) -> None:
        if self.commands:
            return
        from importlib import import_module

        for name in GROUPS:
            for command in import_module(f"anpei.entrypoints.cli.{name}").COMMANDS:
                self.add_command(command)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="anpei")
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), default=None, help="Data folder (default: ANPEI_HOME or ./var).")
@click.option("--verbose", is_flag=True, help="Log every step to standard error.")
@click.pass_context
def cli(ctx: click.Context, home: Path | None, verbose: bool) -> None:
    """Anpei (安赔): read, audit, calculate, decide and pay insurance claims."""
    configure_logging(level="INFO" if verbose else "WARNING")
    ctx.obj = home


def main() -> None:
    """Entry point."""
    try:
        cli(standalone_mode=True)
    except BrokenPipeError:
        sys.exit(0)
