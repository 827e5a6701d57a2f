"""Money has no floats, the inside has no clock, and no file names a place on somebody's machine."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import sources
from tests.architecture.sources import Source

MONEY_ROOMS = ("anpei.kernel.money", "anpei.claims.benefit", "anpei.claims.decision", "anpei.claims.settlement", "anpei.payments")
CLOCK_ROOMS = ("anpei.kernel.clock", "anpei.kernel.ids", "anpei.engines.db", "anpei.entrypoints", "anpei.assembly")
CLOCK_READS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "time.localtime", "time.gmtime",
    "time.strftime", "SystemClock",
}  # fmt: skip
PLACES = re.compile(r"""(?<![\w.$}])/(?:work|home/\w+|root|Users|mnt|media)/[\w.]|(?<![\w.])(?:\.\./)+shared/""")


def floats(source: Source) -> Iterator[str]:
    """Float literals, the name ``float``, and true division, which makes one."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"{source.at(node)}: the float {node.value}"
        elif isinstance(node, ast.Name) and node.id in ("float", "complex"):
            yield f"{source.at(node)}: the type {node.id}"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield f"{source.at(node)}: / gives a float: use // or kernel.money.half_up"


def clock_reads(source: Source) -> Iterator[str]:
    """Calls that read a clock. Measuring a duration (``monotonic``, ``perf_counter``) is none."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            called = _called(node.func)
            if called in CLOCK_READS or called.rpartition(".")[2] in {"utcnow", "time_ns", "SystemClock"}:
                yield f"{source.at(node)}: {called}() reads the clock: take `at` (or a Clock) from the door"


def _called(node: ast.expr) -> str:
    """The last two names of what is called: ``datetime.now`` of ``dt.datetime.now``."""
    if isinstance(node, ast.Attribute):
        owner = node.value
        name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
        return f"{name}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def places(name: str, text: str) -> Iterator[str]:
    """Texts that lead to a folder of one machine."""
    for number, line in enumerate(text.splitlines(), start=1):
        if found := PLACES.search(line):
            yield f"{name}:{number}: {found.group().strip()}... is a place on one machine"


def written_files() -> Iterator[Path]:
    """The text files that belong to the project, except this one and plans, which live while something is being built."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=sources.ROOT, capture_output=True, check=False)
    names = (
        listed.stdout.decode().split("\0")
        if listed.returncode == 0
        else [str(p.relative_to(sources.ROOT)) for p in sources.PACKAGE.rglob("*.py")]
    )
    for name in names:
        path = sources.ROOT / name
        if (
            name
            and path.is_file()
            and path != Path(__file__)
            and not name.startswith("docs/plans/")
            and not name.endswith((".lock", ".png", ".jpg", ".pdf", ".otf"))
        ):
            yield path


def test_money_has_no_floats() -> None:
    sources.holds(problem for source in sources.package() if sources.under(source, *MONEY_ROOMS) for problem in floats(source))


def test_only_the_door_reads_the_clock() -> None:
    sources.holds(problem for source in sources.package() if not sources.under(source, *CLOCK_ROOMS) for problem in clock_reads(source))


def test_no_file_names_a_place_on_one_machine() -> None:
    found = [(path, path.read_bytes()) for path in written_files()]
    texts = [(str(path.relative_to(sources.ROOT)), data.decode()) for path, data in found if b"\0" not in data[:8000]]
    sources.holds(problem for name, text in texts for problem in places(name, text))


@pytest.mark.parametrize(
    ("text", "caught"),
    [("x = 0.5", True), ("x = float(y)", True), ("x = a / b", True), ("x /= 2", True), ("x: float = y", True), ("x = a // b * 2", False)],
)
def test_the_float_rule_notices(text: str, caught: bool) -> None:
    assert bool(list(floats(Source("anpei.payments.x", text)))) is caught


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("datetime.now(UTC)", True),
        ("datetime.datetime.now()", True),
        ("dt.datetime.utcnow()", True),
        ("date.today()", True),
        ("time.time()", True),
        ("time_ns()", True),
        ("clock.SystemClock()", True),
        ("self.clock.now()", False),
        ("now(conn)", False),
        ("time.monotonic()", False),
    ],
)
def test_the_clock_rule_notices(text: str, caught: bool) -> None:
    assert bool(list(clock_reads(Source("anpei.claims.x", text)))) is caught


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ('path = "/home/someone/data"', True),
        ("see ../shared/notes.md", True),
        ("cp x /root/x", True),
        ("https://example.org/home/x", False),
        ("var/rulebook and docs/media/x", False),
        ('get("/claims/home/")', False),
    ],
)
def test_the_place_rule_notices(text: str, caught: bool) -> None:
    assert bool(list(places("x", text))) is caught
