"""Every state has its moves: a StrEnum called ...State has one ALLOWED table that names each member, and no dead ends by accident."""

from collections.abc import Iterator
from enum import StrEnum
from importlib import import_module
from types import ModuleType

from tests.architecture import sources


def states(module: ModuleType) -> list[type[StrEnum]]:
    """The state enums that a module defines."""
    found = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, StrEnum)]
    return [enum for enum in found if enum.__module__ == module.__name__ and enum.__name__.endswith("State")]


def tables(module: ModuleType, enum: type[StrEnum]) -> list[dict[StrEnum, frozenset[StrEnum]]]:
    """The transition tables of an enum in its module."""
    named = [value for name, value in vars(module).items() if "ALLOWED" in name and isinstance(value, dict)]
    return [table for table in named if table and all(isinstance(key, enum) for key in table)]


def problems(module: ModuleType) -> Iterator[str]:
    """What is wrong with the states of one module."""
    for enum in states(module):
        where = f"{module.__name__}.{enum.__name__}"
        found = tables(module, enum)
        if len(found) != 1:
            yield f"{where} has {len(found)} ALLOWED tables: one names every state and where it may go"
            continue
        table = found[0]
        yield from (f"{where}.{state.name} is missing in the table: may it never be left?" for state in enum if state not in table)
        reached = frozenset().union(*table.values())
        yield from (f"{where}: {name!r} is no state of it" for name in reached if not isinstance(name, enum))
        starts = [state.name for state in enum if state not in reached]
        if len(starts) > 1:
            yield f"{where}: no move leads to {', '.join(starts)}: a life has one beginning"


def all_modules() -> Iterator[ModuleType]:
    for source in sources.package():
        if "State(StrEnum)" in source.text:
            yield import_module(source.name)


def test_every_state_has_its_moves() -> None:
    sources.holds(problem for module in all_modules() for problem in problems(module))


def test_the_rule_looks_at_real_states() -> None:
    assert "anpei.engines.jobs.model" in {module.__name__ for module in all_modules()}


def _module(text: str) -> ModuleType:
    module = ModuleType("example")
    exec(
        f"from enum import StrEnum\nclass DoorState(StrEnum):\n    OPEN = 'open'\n    SHUT = 'shut'\n    GONE = 'gone'\n{text}",
        vars(module),
    )
    module.DoorState.__module__ = "example"
    return module


def test_the_rule_notices_what_is_missing() -> None:
    whole = (
        "ALLOWED = {DoorState.OPEN: frozenset({DoorState.SHUT}), DoorState.SHUT: frozenset({DoorState.GONE}), DoorState.GONE: frozenset()}"
    )
    assert list(problems(_module(whole))) == []
    assert list(problems(_module(""))) == ["example.DoorState has 0 ALLOWED tables: one names every state and where it may go"]
    assert list(
        problems(_module("ALLOWED = {DoorState.OPEN: frozenset({DoorState.SHUT, DoorState.GONE}), DoorState.SHUT: frozenset()}"))
    ) == ["example.DoorState.GONE is missing in the table: may it never be left?"]
    assert list(problems(_module(whole.replace("DoorState.GONE})", "'gone '})")))) == [
        "example.DoorState: 'gone ' is no state of it",
        "example.DoorState: no move leads to OPEN, GONE: a life has one beginning",
    ]
