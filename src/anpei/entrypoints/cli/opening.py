"""What commands share: opening the platform, JSON lines, clear errors."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from anpei.assembly import Platform, Settings, build
from anpei.kernel.errors import AnpeiError
from anpei.rules.snapshots.execution import warm_beside


def fail(error: AnpeiError) -> NoReturn:
    """Say what is wrong on standard error and end with code 1."""
    click.echo(f"anpei: {error.message} [{error.code}]", err=True)
    sys.exit(1)


def print_json(data: Any) -> None:
    """One JSON document on one line of standard output."""
    click.echo(json.dumps(data, ensure_ascii=False))


@contextmanager
def opened(home: Path | None, *, running: bool = False) -> Iterator[Platform]:
    """The platform of the home folder; ``running`` also starts its worker and makes machine code of rules. Always closed again."""
    platform = build(Settings.from_environment(home=home))
    try:
        if running:
            warm_beside()
            platform.start()
        yield platform
    finally:
        platform.close()


def say(text: str) -> None:
    """Progress and remarks go to standard error."""
    click.echo(text, err=True)
