"""The locks: every package pinned and hashed, nothing missing, both locks of one mind, and no address of a registry."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import sources

ADDRESS = re.compile(r"(?:https?|file|git\+\w+)://|^--(?:extra-)?index|--find-links|--trusted-host|\"resolved\"", re.MULTILINE)
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==(\S+?)(?: ;[^\\]*)? \\$")
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")
LOCKS = ("requirements.lock", "requirements-dev.lock")
FOUND = {path.name for path in sources.ROOT.glob("*.lock")} | {
    str(path.relative_to(sources.ROOT)) for path in sources.ROOT.glob("front/**/package-lock.json") if "node_modules" not in path.parts
}


def pins(text: str) -> dict[str, str]:
    """Package -> version. Raises ValueError on a line that is neither a pin nor a hash."""
    found: dict[str, str] = {}
    hashes: dict[str, int] = {}
    current = ""
    for line in text.splitlines():
        if pin := _PIN.match(line):
            current = pin.group(1)
            found[current], hashes[current] = pin.group(2), 0
        elif re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", line) and current:
            hashes[current] += 1
        else:
            raise ValueError(f"no pin and no hash: {line!r}")
    if bare := [name for name, count in hashes.items() if count == 0]:
        raise ValueError(f"without a hash: {', '.join(bare)}")
    return found


def missing(wanted: list[str], found: dict[str, str]) -> Iterator[str]:
    """Requirements that a lock does not hold."""
    for requirement in wanted:
        match = _NAME.match(requirement)
        name = re.sub(r"[-_.]+", "-", match.group() if match else requirement).lower()
        if name not in found:
            yield f"{requirement} is in pyproject.toml and not in the lock: run make lock"


def _project() -> tuple[list[str], list[str]]:
    with (sources.ROOT / "pyproject.toml").open("rb") as handle:
        data = tomllib.load(handle)
    run = [*data["project"]["dependencies"], *data["dependency-groups"]["build"]]
    return run, [*run, *data["project"]["optional-dependencies"]["dev"]]


@pytest.mark.parametrize("name", sorted(FOUND))
def test_a_lock_holds_no_address(name: str) -> None:
    text = (sources.ROOT / name).read_text()
    assert ADDRESS.findall(text) == []


def test_there_is_no_lock_that_writes_addresses() -> None:
    assert sorted(path.name for path in sources.ROOT.glob("*.lock")) == sorted(LOCKS)
    assert not Path(sources.ROOT / "poetry.lock").exists()


def test_the_locks_hold_what_the_project_needs() -> None:
    run, dev = (pins((sources.ROOT / name).read_text()) for name in LOCKS)
    wanted_run, wanted_dev = _project()
    sources.holds([*missing(wanted_run, run), *missing(wanted_dev, dev)])


def test_both_locks_agree() -> None:
    run, dev = (pins((sources.ROOT / name).read_text()) for name in LOCKS)
    assert {name: dev.get(name) for name in run} == run


def test_the_address_rule_notices() -> None:
    assert ADDRESS.findall("--index-url x\n") == ["--index"]
    assert ADDRESS.findall('  "resolved": "x"') == ['"resolved"']
    assert ADDRESS.findall("a @ https://example.org/a.whl") == ["https://"]


def test_the_pin_rule_notices() -> None:
    line = "    --hash=sha256:" + "0" * 64
    assert pins(f"a==1 \\\n{line} \\\n{line}\nb[x]==2.0 ; sys_platform == 'linux' \\\n{line}\n") == {"a": "1", "b": "2.0"}
    with pytest.raises(ValueError, match="no pin"):
        pins("a>=1 \\\n")
    with pytest.raises(ValueError, match="without a hash: a"):
        pins(f"a==1 \\\nb==2 \\\n{line}\n")
    assert list(missing(["Types_PyYAML>=1"], {"types-pyyaml": "1"})) == []
    assert list(missing(["absent[x]"], {"a": "1"})) == ["absent[x] is in pyproject.toml and not in the lock: run make lock"]
