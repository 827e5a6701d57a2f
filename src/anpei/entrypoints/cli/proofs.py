"""``anpei proof``, ``anpei trail``: verify what the platform says about itself, offline where possible."""

import json
import sys
from pathlib import Path

import click

from anpei.claims.decision import verification
from anpei.claims.decision.verification import ProofUnreadable
from anpei.entrypoints.cli.opening import opened, print_json
from anpei.kernel.canonical import canonical
from anpei.rules.snapshots.snapshot import open_snapshot
from anpei.trust.trail import verify as verify_trail

MAX_PROOF_BYTES = 50_000_000


@click.group("proof")
def proof() -> None:
    """Proofs: verify a decision offline."""


@proof.command("verify")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", help="The insurer's public key (base64); without it the proof is only checked against the key inside it.")
@click.option(
    "--snapshot",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Also check that no other row of this snapshot applied.",
)
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
def verify(file: Path, key: str | None, snapshot: Path | None, as_json: bool) -> None:
    """Recompute FILE from its facts, terms and rows, and name every step that differs. Exit code 0 when it holds, 1 when not."""
    raw = file.read_bytes() if file.stat().st_size <= MAX_PROOF_BYTES else b""
    try:
        made = json.loads(raw)
    except ValueError as error:
        raise ProofUnreadable(f"{file}: is no JSON text ({error}): get the original file again") from error
    if not isinstance(made, dict):
        raise ProofUnreadable(f"{file}: is no proof: it holds no JSON object")
    opened_snapshot = None if snapshot is None else open_snapshot(snapshot)
    found = verification.verify(made, trusted_key=key, snapshot=opened_snapshot)
    if not found and raw.rstrip(b"\n") != canonical(made):
        found = [verification.Difference("file", "the bytes are not the canonical form of the proof")]
    if as_json:
        print_json({"file": str(file), "holds": not found, "differences": [{"place": item.place, "what": item.what} for item in found]})
    elif found:
        click.echo(f"{file}: does NOT hold; {len(found)} differences, the first: {found[0].place}: {found[0].what}")
        for item in found:
            click.echo(f"  {item.place}: {item.what}")
    else:
        body = made["body"]
        click.echo(
            f"{file}: holds. Decision {body['decision']['decision']}, recomputed from {len(body['inputs']['facts']['bills'])} bills, "
            f"{len(body['rows']['rules'])} rule rows and {len(body['rows']['catalogue'])} catalogue rows; "
            f"sealed with key {made['seal']['key_id']}."
        )
    sys.exit(1 if found else 0)


@click.group("trail")
def trail() -> None:
    """The tamper-evident trail."""


@trail.command("verify")
@click.pass_obj
def verify_chain(home: Path | None) -> None:
    """Check the whole hash chain. Exit code 0 when it holds, 1 when not."""
    with opened(home) as platform, platform.database.read() as conn:
        report = verify_trail(conn)
    if report.ok:
        click.echo(f"the trail holds: {report.length} entries, head {report.head_hash}")
    else:
        click.echo(f"the trail does NOT hold: entry {report.first_bad_seq}: {report.reason}")
    sys.exit(0 if report.ok else 1)


COMMANDS = (proof, trail)
