"""``anpei layout``: pages as data to correct, layouts learnt from them, and the life of a layout."""

import sys
from pathlib import Path

import click

from anpei.assembly import Settings
from anpei.engines.knowledge import shipped_rulebook
from anpei.entrypoints.cli.opening import print_json, say
from anpei.reading.layouts.exchange import load_page
from anpei.reading.layouts.shelf import LayoutShelf
from anpei.reading.layouts.states import LayoutState


@click.group("layout")
def layout() -> None:
    """Layouts of forms: learn them from corrected pages, check, list and promote them."""


@layout.command("boxes")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write one JSON file a page into this folder.")
@click.pass_obj
def boxes(home: Path | None, files: tuple[Path, ...], out: Path | None) -> None:
    """Read each FILE and give every page as JSON: its text boxes, kind and fields. Correct the fields, then learn from it."""
    from anpei.reading.machine import ReadingMachine

    own = _own(home)
    machine = ReadingMachine(shipped_rulebook(own if own.is_dir() else None))
    for file in files:
        data = file.read_bytes()
        for number in range(1, machine.page_count(data, file.name) + 1):
            page = machine.boxes(data, file.name, number)
            if out is None:
                print_json(page.model_dump(mode="json"))
            else:
                out.mkdir(parents=True, exist_ok=True)
                target = out / f"{file.stem}-{number}.json"
                target.write_text(page.model_dump_json(indent=1) + "\n", encoding="utf-8")
                click.echo(target)


@layout.command("learn")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--id", "layout_id", required=True, help="The new layout's id: small letters, digits, underscores.")
@click.option("--title", default="", help="Its Chinese name.")
@click.option("--dry-run", is_flag=True, help="Say what would be learnt, write nothing.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def learn(home: Path | None, files: tuple[Path, ...], *, layout_id: str, title: str, dry_run: bool, as_json: bool) -> None:
    """Learn a layout from corrected pages (JSON as given by `anpei layout boxes`) of one form; it becomes a draft with golden pairs."""
    shelf = _shelf(home)
    proposal = shelf.learn([load_page(file) for file in files], layout_id=layout_id, title=title)
    written = None if dry_run or proposal.layout is None else shelf.save(proposal)
    if as_json:
        print_json({"layout": layout_id, "file": written and str(written), "learnt": proposal.learnt, "failed": proposal.failed})
    else:
        for name, how in proposal.learnt.items():
            click.echo(f"{name}: {how}")
        for name, why in proposal.failed.items():
            say(f"{name} was not learnt: {why}")
        if written is not None:
            click.echo(f"{layout_id} is a draft in {written}; try it with: anpei layout promote {layout_id} --to shadow")
        elif proposal.layout is None:
            say("nothing was learnt that makes a layout" if proposal.failed else "every stated field is read right already")
    sys.exit(1 if proposal.failed else 0)


@layout.command("check")
@click.argument("ids", nargs=-1)
@click.pass_obj
def check(home: Path | None, ids: tuple[str, ...]) -> None:
    """Check layouts (all that are not retired when no ID is named) against their golden pairs."""
    shelf, bad = _shelf(home), 0
    chosen = [shelf.get(each) for each in ids] or [kept for kept in shelf.layouts() if kept.layout.status != "retired"]
    for kept in chosen:
        wrong = [*shelf.problems(kept.layout, shelf.golden(kept.layout.id)), *shelf.breaks(kept.layout)]
        bad += bool(wrong)
        for problem in wrong:
            say(f"{kept.layout.id}: {problem}")
        if not wrong:
            click.echo(f"{kept.layout.id} ({kept.layout.status}) is right; {kept.examples} golden pairs")
    sys.exit(1 if bad else 0)


@layout.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_obj
def list_(home: Path | None, as_json: bool) -> None:
    """List all layouts with kind, state and number of golden pairs."""
    for kept in _shelf(home).layouts():
        each = kept.layout
        told = {"id": each.id, "kind": each.kind, "status": each.status, "examples": kept.examples, "title": each.title.zh}
        print_json({**told, "file": str(kept.file)}) if as_json else click.echo("  ".join(str(value) for value in told.values()))


@layout.command("promote")
@click.argument("layout_id", metavar="ID")
@click.option("--to", "state", required=True, type=click.Choice([state.value for state in LayoutState]))
@click.pass_obj
def promote(home: Path | None, layout_id: str, state: str) -> None:
    """Move a layout along its life (draft, shadow, live, retired); written into the rulebook folder of your own."""
    kept = _shelf(home).promote(layout_id, to=LayoutState(state))
    click.echo(f"{layout_id} is {kept.layout.status} now ({kept.file}); running services read it after their next start")


def _own(home: Path | None) -> Path:
    return Settings.from_environment(home=home).home / "rulebook"


def _shelf(home: Path | None) -> LayoutShelf:
    own = _own(home)
    return LayoutShelf(shipped_rulebook(own if own.is_dir() else None), own=own)


COMMANDS = (layout,)
