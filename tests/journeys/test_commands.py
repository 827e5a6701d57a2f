"""The command line as a program among others uses it: JSON of the documented shape on standard output, exit codes, proofs that hold."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from anpei.samples import claims as sample_claims
from bench import homes, scoring
from bench.processes import Ran

SECONDS = 240
READ_KEYS = {"file", "page", "kind", "kind_confidence", "quality", "fields", "rows", "seconds"}
FIELD_KEYS = {"value", "text", "confidence", "box"}
CLAIM_KEYS = {
    "folder", "claim_id", "claim_no", "state", "round", "lane", "lane_reasons", "missing", "findings", "decision", "reasons", "total_fen",
    "zero_cause", "lines", "assessed_fen", "payment", "proof", "seconds",
}  # fmt: skip
Anpei = Callable[..., Ran]


@pytest.fixture
def anpei(tmp_path: Path) -> Anpei:
    """The command in a fresh home on SQLite."""
    return lambda *arguments: homes.anpei(tmp_path / "home", *map(str, arguments), limit=SECONDS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A photographed claim of two pages, in layouts seen in development."""
    return sample_claims.make_one(tmp_path / "claims", 1, "outpatient_plus", 1)


def objects(ran: Ran) -> list[dict[str, Any]]:
    """The JSON lines of an answer; every line must be one."""
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.timeout(2 * SECONDS)
def test_read_prints_one_object_a_page_and_names_what_it_cannot_read(anpei: Anpei, folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jpg"
    empty.write_bytes(b"")
    truth = scoring.truth_of(folder)["pages"]
    pages = [folder / page["file"] for page in truth]
    ran = anpei("read", *pages, empty, tmp_path / "absent.jpg", "--json")
    told = objects(ran)
    assert ran.code == 1
    assert [one["file"] for one in told] == [str(path) for path in (*pages, empty, tmp_path / "absent.jpg")]
    for one, page in zip(told, truth, strict=False):
        assert set(one) >= READ_KEYS
        assert (one["kind"], one["page"], one["quality"]["usable"]) == (page["kind"], 1, True)
        assert one["fields"]["patient_name"]["value"] == page["fields"]["patient_name"]
        assert all(set(field) == FIELD_KEYS for field in one["fields"].values())
        assert all(field["box"] is None or len(field["box"]) == 4 for field in one["fields"].values())
        assert all(set(cell) == FIELD_KEYS for row in one["rows"] for cell in row.values())
    assert [one["error"]["code"] for one in told[2:]] == ["reading.file_empty", "reading.no_file"]
    assert told[2]["error"]["advice"]
    assert anpei("read", pages[0], "--json").code == 0


@pytest.mark.timeout(4 * SECONDS)
def test_a_folder_is_paid_once_and_its_proof_holds_until_a_byte_is_changed(anpei: Anpei, folder: Path, tmp_path: Path) -> None:
    truth = scoring.truth_of(folder)
    bad = tmp_path / "no-claim-file"
    bad.mkdir()
    ran = anpei("claim", "run", folder, bad, "--json")
    paid, refused = objects(ran)
    assert ran.code == 1
    assert set(refused) == {"folder", "error", "seconds"}
    assert refused["error"]["code"] == "claim_folder.invalid"
    assert set(paid) == CLAIM_KEYS
    assert (paid["state"], paid["decision"], paid["lane"], paid["missing"]) == ("paid", "settle", "unattended", [])
    assert paid["total_fen"] == truth["expected_total_fen"] == sum(line["payable_fen"] for line in paid["lines"])
    assert (paid["payment"]["state"], paid["payment"]["amount_fen"]) == ("confirmed", truth["expected_total_fen"])

    again = anpei("claim", "run", folder, "--json")
    assert again.code == 0
    assert [(one["claim_id"], one["payment"]) for one in objects(again)] == [(paid["claim_id"], paid["payment"])]

    proof = Path(paid["proof"])
    assert proof.name.endswith(".proof.json")
    held = anpei("proof", "verify", proof, "--json")
    assert (held.code, objects(held)) == (0, [{"file": str(proof), "holds": True, "differences": []}])
    assert anpei("proof", "verify", proof).stdout.startswith(f"{proof}: holds.")

    changed = tmp_path / "changed.proof.json"
    total, more = (f'"total_fen":{amount}'.encode() for amount in (paid["total_fen"], paid["total_fen"] + 1))
    changed.write_bytes(proof.read_bytes().replace(total, more, 1))
    differs = anpei("proof", "verify", changed, "--json")
    assert differs.code == 1
    assert objects(differs)[0]["holds"] is False
    assert [item["place"] for item in objects(differs)[0]["differences"]] == ["decision", "decision.total_fen"]


def test_a_wrong_call_ends_with_code_two_and_says_how_it_is_called(anpei: Anpei) -> None:
    ran = anpei("claim", "run")
    assert (ran.code, ran.stdout) == (2, "")
    assert "Usage:" in ran.stderr


def test_a_file_that_is_no_proof_is_named(anpei: Anpei, tmp_path: Path) -> None:
    file = tmp_path / "x.proof.json"
    file.write_text("{", encoding="utf-8")
    ran = anpei("proof", "verify", file)
    assert (ran.code, ran.stdout) == (1, "")
    assert ran.stderr.startswith(f"anpei: {file}: is no JSON text")
    assert ran.stderr.rstrip().endswith("[proof.unreadable]")
