"""``anpei read``: read document pages, one JSON object a page."""

import sys
from pathlib import Path

import click

from anpei.engines.knowledge import shipped_rulebook
from anpei.entrypoints.cli.opening import print_json
from anpei.kernel.errors import AnpeiError
from anpei.reading.machine import ReadingMachine
from anpei.reading.model import PageReading


@click.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per page and line.")
@click.pass_obj
def read(home: Path | None, files: tuple[Path, ...], as_json: bool) -> None:
    """Read each FILE (JPEG, PNG, WebP, TIFF, PDF): kind, quality, fields with value, confidence and place."""
    overlay = None if home is None or not (home / "rulebook").is_dir() else home / "rulebook"
    machine = ReadingMachine(shipped_rulebook(overlay))
    failed = False
    for file in files:
        try:
            if not file.is_file():
                raise AnpeiError(f"{file}: there is no such file", code="reading.no_file")
            for page in machine.read_file(file.read_bytes(), str(file)).pages:
                print_json(page.to_json()) if as_json else _show(page)
        except AnpeiError as error:
            failed = True
            if as_json:
                print_json({"file": str(file), "error": {"code": error.code, "message": error.message, "advice": error.data.get("advice")}})
            else:
                click.echo(f"{file}: {error.message} [{error.code}]", err=True)
    sys.exit(1 if failed else 0)


def _show(page: PageReading) -> None:
    click.echo(f"{page.file} page {page.page}: {page.kind} ({page.kind_confidence:.2f}), {page.seconds:.2f} s")
    for reason in page.quality.reasons:
        click.echo(f"  ! {reason.advice_zh}")
    for name, field in page.fields.items():
        click.echo(f"  {name:20} {field.value}  ({field.confidence:.2f})")
    for row in page.rows:
        click.echo("  | " + "  ".join(f"{field.value}" for field in row.values()))


COMMANDS = (read,)
