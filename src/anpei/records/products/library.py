"""The library of products: all versions of the rulebook, checked together; terms as of a day; reloading without an outage."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from pathlib import Path

from anpei.engines.knowledge import KnowledgeError, Rulebook
from anpei.kernel.errors import NotFound
from anpei.kernel.period import Period
from anpei.records.products._resolution import resolve
from anpei.records.products.model import Terms
from anpei.records.products.schema import ProductFile

__all__ = ["FOLDER", "IN_FORCE", "Check", "NoTerms", "ProductLibrary", "load_library", "resolve"]

FOLDER = "products"
Check = Callable[[ProductFile], list[str]]
IN_FORCE = frozenset({"live", "retired"})
"""States whose terms apply to claims; a retired product is no longer sold, its policies go on."""


class NoTerms(NotFound):
    """No version of the product, or no such plan, was in force on the day."""

    code = "products.no_terms"


@dataclass(frozen=True, slots=True)
class _Versions:
    """What one reading of the files gave; ``resolved`` keeps the terms that were asked for (they are frozen, and their digest is kept)."""

    files: tuple[tuple[Path, ProductFile], ...]
    resolved: dict[tuple[str, str, str], Terms] = field(default_factory=dict)

    def terms(self, file: ProductFile, plan: str) -> Terms:
        key = (file.id, file.version, plan)
        if key not in self.resolved:
            self.resolved[key] = resolve(file, plan=plan)
        return self.resolved[key]


class ProductLibrary:
    """All product versions of a rulebook. Reading is safe from several threads while another reloads."""

    def __init__(self, rulebook: Rulebook, *, check: Check | None = None) -> None:
        self._rulebook = rulebook
        self._check = check
        self._versions = _read(rulebook, check)

    def reload(self) -> None:
        """Read the files anew. When one is wrong the running versions stay in force and KnowledgeError is raised."""
        self._versions = _read(self._rulebook, self._check)

    def files(self) -> list[ProductFile]:
        """All versions, by product and start."""
        return [file for _, file in self._versions.files]

    def product_ids(self) -> list[str]:
        """The products that have a version in force at some time."""
        return sorted({file.id for _, file in self._versions.files if file.status in IN_FORCE})

    def has_plan(self, product_id: str, plan: str) -> bool:
        """Whether some version in force of the product has this plan."""
        return any(f.id == product_id and plan in f.plans and f.status in IN_FORCE for _, f in self._versions.files)

    def terms(self, product_id: str, plan: str, *, at: date) -> Terms:
        """The terms that hold on a day (the day of loss). Raises NoTerms."""
        versions = self._versions
        holding = [f for _, f in versions.files if f.id == product_id and f.status in IN_FORCE and _period(f).contains(at)]
        corrected = {file.corrects for file in holding}
        for file in holding:
            if file.version not in corrected:
                return _plan_of(versions, file, plan)
        raise NoTerms(f"product {product_id!r} has no version in force on {at}: check the product id and the day of loss")

    def version(self, product_id: str, version: str, plan: str) -> Terms:
        """The terms of one version, whether it still holds or not: what was paid by a version corrected since. Raises NoTerms."""
        versions = self._versions
        for _, file in versions.files:
            if (file.id, file.version) == (product_id, version):
                return _plan_of(versions, file, plan)
        raise NoTerms(f"product {product_id!r} has no version {version!r}")


def _period(file: ProductFile) -> Period:
    return Period(file.valid_from, file.valid_to)


def _plan_of(versions: _Versions, file: ProductFile, plan: str) -> Terms:
    if plan not in file.plans:
        raise NoTerms(f"product {file.id} {file.version} has no plan {plan!r}; it has {', '.join(file.plans)}")
    return versions.terms(file, plan)


def load_library(rulebook: Rulebook, *, check: Check | None = None) -> ProductLibrary:
    """Read and check all products of a rulebook. Raises KnowledgeError with file and line.

    ``check`` says what else is wrong with a file (empty: nothing); the worked examples are run this way, because the
    calculation stands on a floor above: ``load_library(rulebook, check=benefit.failed_examples)``.
    """
    return ProductLibrary(rulebook, check=check)


def _read(rulebook: Rulebook, check: Check | None) -> _Versions:
    loaded = sorted(rulebook.load_all(FOLDER, ProductFile), key=lambda pair: (pair[1].id, pair[1].valid_from))
    in_force = [pair for pair in loaded if pair[1].status in IN_FORCE]
    for (_, before), (path, after) in combinations(in_force, 2):
        linked = after.corrects == before.version or before.corrects == after.version
        if before.id == after.id and not linked and _period(before).overlaps(_period(after)):
            message = (
                f"versions {before.version} and {after.version} of {after.id} are both in force from {after.valid_from}: "
                "end the earlier one with valid_to"
            )
            raise _error(path, "valid_from", message)
        if (before.id, before.version) == (after.id, after.version):
            raise _error(path, "version", f"version {after.version} of {after.id} stands in two files: give each its own")
    for path, file in in_force:
        problems = check(file) if check is not None else []
        if problems:
            raise _error(path, "examples", "; ".join(problems))
    return _Versions(files=tuple(loaded))


def _error(path: Path, field: str, message: str) -> KnowledgeError:
    """An error at the line where a top-level field starts."""
    lines = path.read_text(encoding="utf-8").splitlines()
    line = next((number for number, text in enumerate(lines, start=1) if text.startswith(f"{field}:")), 1)
    return KnowledgeError(f"{path}, line {line}, {field}: {message}", data={"file": str(path), "line": line, "field": field})
