"""The ``anpei`` command: groups, the home folder, and one place that turns an AnpeiError into a clear line and an exit code."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from anpei import __version__
from anpei.entrypoints.cli.opening import fail
from anpei.kernel.errors import AnpeiError
from anpei.trust.access.logs import configure_logging

WHERE = {
    "account": "staff", "automation": "records", "bench": "bench", "claim": "claims", "demo": "serving",
    "import": "records", "jobs": "serving", "layout": "layouts", "leak": "leak", "product": "products",
    "proof": "proofs", "read": "reading", "replay": "replay", "risk": "risk", "rules": "releases", "samples": "samples",
    "serve": "serving", "trail": "proofs", "what-if": "what_if", "worker": "serving",
}  # fmt: skip
"""Command to module, so that a command loads only what it needs."""


class _Commands(click.Group):
    """The commands, each loaded from its sibling module when it is asked for; AnpeiErrors become one clear line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AnpeiError as error:
            fail(error)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(WHERE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in WHERE:
            return None
        module = import_module(f"anpei.entrypoints.cli.{WHERE[cmd_name]}")
        return next((command for command in module.COMMANDS if command.name == cmd_name), None)


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
