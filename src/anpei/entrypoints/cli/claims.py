"""``anpei claim``: walk claim folders through the line."""

import sys
from pathlib import Path
from typing import Any

import click

from anpei.assembly import Platform
from anpei.entrypoints.cli import demo
from anpei.entrypoints.cli.opening import opened, print_json, say
from anpei.entrypoints.cli.running import run_folders
from anpei.kernel.money import Money

DECISIONS = {
    "settle": "赔付 settle",
    "refer": "转人工 refer",
    "wanting": "补充材料 wanting",
    "refuse": "拒赔 refuse",
    "reduce": "核减 reduce",
}


@click.group("claim")
def claim() -> None:
    """Claims: run folders through the line."""


@claim.command("run")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object per folder and line.")
@click.option("--policies", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Import these policies (CSV, XLSX) first.")
@click.option("--timeout", default=300.0, show_default=True, help="Seconds to wait in all; what is not done goes on later.")
@click.option("--new", is_flag=True, help="Open new claims even when the same folders were run before.")
@click.pass_obj
def run(  # noqa: PLR0917 - click hands options over by name
    home: Path | None, folders: tuple[Path, ...], as_json: bool, policies: Path | None, timeout: float, new: bool
) -> None:
    """Report, read, audit, calculate, decide and pay each FOLDER (claim.yaml and pages; docs/claim-folder.md)."""
    with opened(home, running=True) as platform:
        demo.load_once(platform, say=say)
        for file in _policy_files(policies, folders):
            demo.import_policies(platform, file, say=say)
        results = run_folders(
            platform, folders, timeout=timeout, progress=_progress(as_json), export_to=platform.settings.home / "proofs", fresh=new
        )
        for result in results:
            print_json(result) if as_json else show(platform, result)
    sys.exit(1 if any("error" in result for result in results) else 0)


def _policy_files(given: Path | None, folders: tuple[Path, ...]) -> list[Path]:
    """The named file, else each ``policies.csv`` that lies in a folder or beside the folders."""
    if given is not None:
        return [given]
    places = {place / "policies.csv" for folder in folders for place in (folder, folder.resolve().parent)}
    return sorted({place.resolve() for place in places if place.is_file()})


def _progress(as_json: bool) -> Any:
    def report(folder: Path, said: str) -> None:
        if not as_json or sys.stderr.isatty():
            say(f"  {folder.name}: {said}")

    return report


def show(platform: Platform, result: dict[str, Any]) -> None:
    """One result for people: what was read, found, calculated, decided and paid, and where the proof lies."""
    if "error" in result:
        click.echo(f"{result['folder']}: {result['error']['message']} [{result['error']['code']}]")
        return
    amount = "" if result["total_fen"] is None else f"  {Money(result['total_fen'])}"
    decision = DECISIONS.get(result["decision"], result["decision"])
    click.echo(f"\n{result['folder']}\n赔案 {result['claim_no']}  {decision}{amount}  ({result['state']}, {result['seconds']:.1f} s)")
    click.echo(f"通道 {result['lane']} ({', '.join(result['lane_reasons'])})")
    _block("读到的材料", demo.tell_papers(platform, result["claim_id"]))
    _block("还差", [item["advice"] for item in result["missing"]])
    _block("审核", demo.tell_audit(platform, result["claim_id"]))
    _block("转人工的原因", [f"{platform.line.findings.kind(code).title_zh} ({code})" for code in result["reasons"]])
    _block("怎么算的", demo.explain(platform, result["claim_id"]))
    if result["payment"]:
        paid = result["payment"]
        _block("付款", [f"{Money(paid['amount_fen'])} {paid['state']}, 银行流水 {paid['reference'] or '-'}"])
    if result["proof"]:
        click.echo(f"计算凭证 {result['proof']}\n  核验: anpei proof verify {result['proof']}")


def _block(title: str, lines: list[str]) -> None:
    if lines:
        click.echo(title)
        for line in lines:
            click.echo(f"  {line}")


COMMANDS = (claim,)
