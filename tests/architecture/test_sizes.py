"""Small pieces: a module of at most 300 lines, a function of at most 40; what is larger stands in a list that may only shrink."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture import sources
from tests.architecture.sources import Source

MODULE, MODULE_HARD = 300, 500
FUNCTION, FUNCTION_HARD = 40, 70
TEST_FILE = 500

LARGE_MODULES: dict[str, int] = {}
"""Path -> lines today. Make the module smaller, then lower or delete its entry; never raise one."""
LARGE_FUNCTIONS: dict[str, int] = {}
"""``path:function`` -> lines today, without its docstring. The same rule."""


def module_sizes(source: Source) -> Iterator[tuple[str, int]]:
    yield source.path, len(source.text.splitlines())


def function_sizes(source: Source) -> Iterator[tuple[str, int]]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            prose = first.end_lineno - first.lineno + 1 if ast.get_docstring(node) is not None and first.end_lineno else 0
            assert node.end_lineno is not None
            yield f"{source.path}:{node.name}", node.end_lineno - node.lineno + 1 - prose


def too_large(found: dict[str, int], *, aim: int, hard: int, exceptions: dict[str, int]) -> list[str]:
    problems = []
    for name, size in found.items():
        allowed = min(exceptions.get(name, aim), hard)
        if size > allowed:
            problems.append(f"{name} has {size} lines, allowed are {allowed}: split it by what it is about")
    for name, size in exceptions.items():
        if found.get(name, 0) <= aim:
            problems.append(f"{name} is small enough (or gone): delete its exception of {size} lines")
        elif found[name] < size:
            problems.append(f"{name} has only {found[name]} lines now: lower its exception of {size}")
    return problems


def largest(found: Iterator[tuple[str, int]]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for name, size in found:
        sizes[name] = max(size, sizes.get(name, 0))
    return sizes


def test_modules_are_small() -> None:
    found = largest(pair for source in sources.package() for pair in module_sizes(source))
    sources.holds(too_large(found, aim=MODULE, hard=MODULE_HARD, exceptions=LARGE_MODULES))


def test_functions_are_small() -> None:
    found = largest(pair for source in sources.package() for pair in function_sizes(source))
    sources.holds(too_large(found, aim=FUNCTION, hard=FUNCTION_HARD, exceptions=LARGE_FUNCTIONS))


def test_test_files_are_small() -> None:
    found = largest(pair for source in sources.tests() for pair in module_sizes(source))
    sources.holds(too_large(found, aim=TEST_FILE, hard=TEST_FILE, exceptions={}))


def test_the_rule_counts_functions_without_their_docstring() -> None:
    example = Source("anpei.x", 'def f():\n    """One.\n\n    Two."""\n    a = 1\n    return a\n')
    assert dict(function_sizes(example)) == {"example.py:f": 3}


@pytest.mark.parametrize(
    ("size", "exceptions", "wanted"),
    [
        (300, {}, None),
        (301, {}, "x has 301 lines, allowed are 300: split it by what it is about"),
        (320, {"x": 320}, None),
        (321, {"x": 320}, "x has 321 lines, allowed are 320: split it by what it is about"),
        (310, {"x": 320}, "x has only 310 lines now: lower its exception of 320"),
        (300, {"x": 320}, "x is small enough (or gone): delete its exception of 320 lines"),
        (501, {"x": 600}, "x has 501 lines, allowed are 500: split it by what it is about"),
    ],
)
def test_the_rule_notices(size: int, exceptions: dict[str, int], wanted: str | None) -> None:
    problems = too_large({"x": size}, aim=300, hard=500, exceptions=exceptions)
    assert problems[:1] == ([] if wanted is None else [wanted])
