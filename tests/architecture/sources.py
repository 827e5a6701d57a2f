"""The source tree as the architecture tests see it: parsed modules, their imports and their words."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "anpei"


@dataclass(frozen=True)
class Source:
    """One Python module. ``name`` is dotted; a package's name is that of its folder."""

    name: str
    text: str
    path: str = "example.py"
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed module."""
        return ast.parse(self.text, self.path)

    @property
    def room(self) -> str:
        """The folder the module lies in, dotted."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def imports(self) -> Iterator[tuple[int, str]]:
        """Every absolute import as (line, dotted name); ``from a import b`` gives ``a.b``."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)

    def at(self, node: ast.expr | ast.stmt) -> str:
        """Where a node stands, for messages."""
        return f"{self.path}:{node.lineno}"


def read(path: Path) -> Source:
    """One module of the package or of the tests."""
    base = PACKAGE.parent if path.is_relative_to(PACKAGE) else ROOT
    parts = path.relative_to(base).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    return Source(".".join(parts[:-1] if is_package else parts), path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)), is_package)


@cache
def package() -> list[Source]:
    """All modules of the package."""
    return [read(path) for path in sorted(PACKAGE.rglob("*.py"))]


@cache
def tests() -> list[Source]:
    """All modules of the tests."""
    return [read(path) for path in sorted((ROOT / "tests").rglob("*.py"))]


def under(source: Source, *rooms: str) -> bool:
    """Whether the module is one of these rooms or lies in one."""
    return any(source.name == room or source.name.startswith(f"{room}.") for room in rooms)


def docstrings(tree: ast.Module) -> set[int]:
    """The ids of the nodes that are docstrings."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, owners) and node.body and isinstance(node.body[0], ast.Expr) and ast.get_docstring(node) is not None
    }


def words(name: str) -> list[str]:
    """The words of an identifier: ``claimNo``, ``claim_no`` and ``CLAIM_NO`` all give ``claim`` and ``no``."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def holds(problems: Iterable[str]) -> None:
    """Fail with every problem on a line of its own."""
    if found := list(problems):
        pytest.fail("\n".join(found), pytrace=False)
