"""Rooms keep to themselves: privates stay inside, cards are written, names say something, machines know no business."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture import sources
from tests.architecture.sources import Source

VAGUE = {"util", "utils", "manager", "managers", "helper", "helpers", "misc", "common", "stuff", "v2", "v3", "new", "old", "tmp"}
PURE_MODULES = {"model", "ports", "events"}
FLOORS_WITHOUT_SQL = (
    "anpei.entrypoints",
    "anpei.assembly",
    "anpei.samples",
    "anpei.journeys",
    "anpei.reading",
    "anpei.rules",
    "anpei.kernel",
)
MACHINES = ("anpei.kernel", "anpei.engines", "anpei.reading", "anpei.rules")
BUSINESS_WORDS = {
    "claim", "claims", "claimant", "policy", "policies", "policyholder", "insured", "insurer", "premium", "beneficiary", "payout",
    "deductible", "underwriting", "adjudication", "complaint", "complaints",
}  # fmt: skip
BUSINESS_TERMS = ("赔", "保单", "投保", "承保", "被保险", "受益人", "保险金", "保险公司", "投诉")
CONNECTOR_MAY = ("anpei.connectors", "anpei.kernel", "anpei.engines")


def private_imports(source: Source) -> Iterator[str]:
    """Imports of underscored modules (or names) from outside of the folder they lie in."""
    for line, name in source.imports():
        parts = name.split(".")
        if parts[0] != "anpei":
            continue
        hidden = next((index for index, part in enumerate(parts) if part.startswith("_") and not part.startswith("__")), None)
        if hidden is not None and not sources.under(source, ".".join(parts[:hidden])):
            yield f"{source.path}:{line}: {name} is private to {'.'.join(parts[:hidden])}"


def connector_imports(source: Source) -> Iterator[str]:
    """Imports of a connector that are neither a port, a model that a port speaks of, nor the ground floors."""
    for line, name in source.imports():
        parts = name.split(".")
        if parts[0] != "anpei" or any(name == room or name.startswith(f"{room}.") for room in CONNECTOR_MAY):
            continue
        if not {"ports", "model"} & set(parts):
            yield f"{source.path}:{line}: a connector sees ports (and their models), not {name}"


def business_words(source: Source) -> Iterator[str]:
    """Identifiers and texts (not docstrings) that speak of insurance."""
    prose = sources.docstrings(source.tree)
    for node in ast.walk(source.tree):
        for name in _identifiers(node):
            if found := BUSINESS_WORDS & set(sources.words(name)):
                yield f"{source.path}:{getattr(node, 'lineno', 1)}: {name} ({', '.join(sorted(found))})"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            terms = [term for term in BUSINESS_TERMS if term in node.value]
            terms += sorted(BUSINESS_WORDS & set(sources.words(node.value)))
            if terms:
                yield f"{source.at(node)}: {node.value[:40]!r} ({', '.join(terms)})"


def _identifiers(node: ast.AST) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.alias):
        return [node.name]
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.arg | ast.keyword):
        return [node.arg or ""]
    return [node.attr] if isinstance(node, ast.Attribute) else []


def vague_names(source: Source) -> Iterator[str]:
    """Modules named by what they are not."""
    if VAGUE & set(source.name.rpartition(".")[2].lower().split("_")):
        yield f"{source.path}: name the module by its subject"


def missing_card(source: Source) -> Iterator[str]:
    """Modules without an opening paragraph; a room's card is that of its package."""
    if not ast.get_docstring(source.tree):
        yield f"{source.path}: open with a short paragraph of purpose"


def sql_at_the_wrong_place(source: Source) -> Iterator[str]:
    """Statements outside of a room that owns tables, or in its pure modules. A sandbox connector's own file is its own matter."""
    pure = source.name.rpartition(".")[2] in PURE_MODULES and not sources.under(source, "anpei.engines")
    if not pure and not sources.under(source, *FLOORS_WITHOUT_SQL):
        return
    for line, name in source.imports():
        if name.split(".")[0] in ("sqlalchemy", "sqlite3", "psycopg"):
            yield f"{source.path}:{line}: {name}: SQL belongs into operations, queries or another module of the room that owns the tables"


def test_private_modules_stay_in_their_room() -> None:
    sources.holds(problem for source in sources.package() for problem in private_imports(source))


def test_connectors_see_ports_only() -> None:
    sources.holds(p for source in sources.package() if sources.under(source, "anpei.connectors") for p in connector_imports(source))


def test_machines_know_no_business() -> None:
    sources.holds(problem for source in sources.package() if sources.under(source, *MACHINES) for problem in business_words(source))


def test_names_say_something() -> None:
    sources.holds(problem for source in [*sources.package(), *sources.tests()] for problem in vague_names(source))


def test_every_module_opens_with_its_purpose() -> None:
    sources.holds(problem for source in [*sources.package(), *sources.tests()] for problem in missing_card(source) if source.text.strip())


def test_every_room_has_a_card() -> None:
    folders = {path.parent for path in sources.PACKAGE.rglob("*.py")}
    sources.holds(str(folder.relative_to(sources.ROOT)) for folder in sorted(folders) if not (folder / "__init__.py").exists())


def test_sql_stands_where_it_belongs() -> None:
    sources.holds(problem for source in sources.package() for problem in sql_at_the_wrong_place(source))


@pytest.mark.parametrize(
    ("name", "text", "caught"),
    [
        ("anpei.a.b", "from anpei.c._tables import rows", True),
        ("anpei.a.b", "from anpei.c import _tables", True),
        ("anpei.a.b", "import anpei.c._tables", True),
        ("anpei.a.b", "from anpei.c.model import _secret", True),
        ("anpei.c.d.e", "from anpei.c._tables import rows", False),
        ("anpei.c.operations", "from anpei.c._tables import rows", False),
        ("anpei.cc.operations", "from anpei.c._tables import rows", True),
        ("anpei.a.b", "from anpei.c import __version__", False),
    ],
)
def test_the_privacy_rule_notices(name: str, text: str, caught: bool) -> None:
    assert bool(list(private_imports(Source(name, text)))) is caught


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("from anpei.payments import operations", True),
        ("from anpei.payments.ports import BankPort", False),
        ("from anpei.payments import ports", False),
        ("from anpei.payments.model import Result", False),
        ("from anpei.kernel.money import Money", False),
        ("import smtplib", False),
    ],
)
def test_the_connector_rule_notices(text: str, caught: bool) -> None:
    assert bool(list(connector_imports(Source("anpei.connectors.bank", text)))) is caught


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("claim_no = 1", True),
        ("class ClaimReader: pass", True),
        ("def read(*, insured_name): pass", True),
        ("row.premium", True),
        ("kind = 'policy_schedule'", True),
        ("title = '理赔申请书'", True),
        ('"""What a claim needs."""', False),
        ("reclaimed = proclaim = 1", False),
        ("title = '门诊收费票据'", False),
    ],
)
def test_the_business_rule_notices(text: str, caught: bool) -> None:
    assert bool(list(business_words(Source("anpei.kernel.x", text)))) is caught


@pytest.mark.parametrize(
    ("name", "text", "caught"),
    [
        ("anpei.a.model", "from sqlalchemy import select", True),
        ("anpei.a.queries", "from sqlalchemy import select", False),
        ("anpei.a.b.ports", "from sqlalchemy import Connection", True),
        ("anpei.journeys.payment", "from sqlalchemy import select", True),
        ("anpei.engines.jobs.worker", "from sqlalchemy import select", False),
        ("anpei.entrypoints.cli", "import sqlite3", True),
    ],
)
def test_the_sql_rule_notices(name: str, text: str, caught: bool) -> None:
    assert bool(list(sql_at_the_wrong_place(Source(name, text)))) is caught


@pytest.mark.parametrize(("name", "caught"), [("anpei.a.date_utils", True), ("anpei.a.pay_v2", True), ("anpei.a.newsletter", False)])
def test_the_naming_rule_notices(name: str, caught: bool) -> None:
    assert bool(list(vague_names(Source(name, "")))) is caught


def test_the_card_rule_notices() -> None:
    assert list(missing_card(Source("anpei.a", "x = 1\n"))) == ["example.py: open with a short paragraph of purpose"]
    assert list(missing_card(Source("anpei.a", '"""What it is for."""\n'))) == []
