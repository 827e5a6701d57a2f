"""Past claims are drawn and decided again at the command line; what is missing or wrong is told in one line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from anpei.claims.replay import local
from anpei.entrypoints.cli.main import cli


def anpei(*words: str, home: Path) -> tuple[int, str]:
    """A command: its exit code and what it said."""
    result = CliRunner().invoke(cli, ["--home", str(home), *words])
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Past claims and two snapshots, in a folder of their own."""
    folder = tmp_path_factory.mktemp("drawn")
    result = CliRunner().invoke(
        cli, ["replay", "draw", "--claims", "120", "--seed", "4", "--lines", "5", "--out", str(folder / "past.parquet")]
    )
    told = json.loads(result.stdout)
    return {"claims": told["file"], **told["snapshots"]}


def test_drawn_claims_are_decided_again_and_reported(drawn: dict[str, str], tmp_path: Path) -> None:
    options = ("--old", drawn["old"], "--new", drawn["new"], "--claims", drawn["claims"], "--workers", "0")
    code, said = anpei("replay", *options, "--out", str(tmp_path / "out"), home=tmp_path)
    assert code == 0
    assert "模拟数据 · simulated data" in said
    assert "claims 120, touched " in said
    assert "leak under the new rules: not known" in said
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["old"]["snapshot"] == Path(drawn["old"]).name
    assert (tmp_path / "out" / "report.html").is_file()


def test_a_snapshot_by_its_id_that_is_not_there_is_named(drawn: dict[str, str], tmp_path: Path) -> None:
    code, said = anpei("replay", "--old", "abc123", "--new", drawn["new"], "--claims", drawn["claims"], home=tmp_path)
    assert (code, "there is no snapshot abc123" in said) == (1, True)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    code, said = anpei("replay", "--old", "x", home=tmp_path)
    assert (code, "--new, --claims is missing" in said) == (1, True)


def test_an_interrupt_says_how_to_go_on(drawn: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(local, "do_part", interrupted)
    options = ("--old", drawn["old"], "--new", drawn["new"], "--claims", drawn["claims"], "--workers", "0", "--out", str(tmp_path / "out"))
    code, said = anpei("replay", *options, home=tmp_path)
    assert (code, "the same command goes on" in said) == (130, True)
    assert not (tmp_path / "out" / "report.html").exists()
