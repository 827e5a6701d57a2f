"""The pages of docs/ that are written from the code (``make docs``): states with their moves, and events with their fields."""

from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path

from anpei.kernel.events import REGISTRY, Event
from tests.architecture import sources, test_states

FOLDER = sources.ROOT / "docs"
HEAD = "Written by `make docs`; a test compares it with the code.\n"


def _first_line(documented: type) -> str:
    return (documented.__doc__ or "").strip().partition("\n")[0]


def states() -> str:
    """Every state of the platform as a diagram of its one table of moves."""
    parts = [f"# States and their moves (状态)\n\n{HEAD}"]
    for module in test_states.all_modules():
        for enum in test_states.states(module):
            table = test_states.tables(module, enum)[0]
            lines = [f"\n## {enum.__name__}\n", f"`{module.__name__}`: {_first_line(enum)}\n", "```mermaid", "stateDiagram-v2"]
            reached = frozenset().union(*table.values())
            lines += [f"    [*] --> {state.value}" for state in enum if state not in reached]
            lines += [f"    {state.value} --> {target.value}" for state in enum for target in enum if target in table[state]]
            lines += [f"    {state.value} --> [*]" for state in enum if not table[state]]
            parts.append("\n".join([*lines, "```\n"]))
    return "".join(parts)


def _events() -> Iterator[type[Event]]:
    for source in sources.package():
        if "(Event)" in source.text:
            import_module(source.name)
    for name in sorted(REGISTRY):
        if REGISTRY[name].__module__.startswith("anpei."):
            yield REGISTRY[name]


def events() -> str:
    """Every event with its meaning and its fields; they carry ids, never personal data."""
    lines = [f"# Events (事件)\n\n{HEAD}\n| event | meaning | fields | declared in |\n|---|---|---|---|"]
    for event in _events():
        carried = ", ".join(
            f"`{field.name}`: {field.type if isinstance(field.type, str) else field.type.__name__}" for field in fields(event)
        )
        lines.append(f"| `{event.name}` | {_first_line(event)} | {carried} | `{event.__module__}` |")
    return "\n".join(lines) + "\n"


PAGES = {"states.md": states, "events.md": events}


def main() -> None:
    """Write the pages."""
    for name, write in PAGES.items():
        Path(FOLDER / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
