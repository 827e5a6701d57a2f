"""``anpei rules`` for releases: propose, approve, withdraw, roll back, list. The commands join the group of ``knowledge``."""

from collections.abc import Mapping
from pathlib import Path

import click

from anpei.claims.iteration.bounds import CAUSES, TOLD, Bounds, told
from anpei.claims.iteration.model import NEXT, Release, ReleaseState
from anpei.claims.iteration.operations import Proposal
from anpei.claims.iteration.queries import ReleaseNotice
from anpei.claims.iteration.reports import report_of_file
from anpei.entrypoints.cli.knowledge import rules
from anpei.entrypoints.cli.leak import person
from anpei.entrypoints.cli.opening import opened, print_json
from anpei.entrypoints.cli.signing_in import signed_in
from anpei.journeys.iteration import ReleaseDetails, summary_of

REASON = click.option("--reason", required=True, help="Why; it is kept with the step.")
TAKEN_BACK = (ReleaseState.CANARY, ReleaseState.LIVE)
FORWARD = [state.value for state in NEXT.values()]


@rules.command("releases")
@click.argument("release", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@person
@click.pass_obj
def releases_(home: Path | None, release: str | None, as_json: bool, login: str, password: str) -> None:
    """All releases, newest first, and what you were told of yours; with RELEASE that one with its steps and figures."""
    with opened(home) as platform, signed_in(platform, login=login, password=password) as actor:
        if release is not None:
            details = platform.iteration.details(actor=actor, release_id=release)
            print_json(details.to_dict()) if as_json else _show(details)
            return
        found, notices = platform.iteration.list_all(actor=actor), platform.iteration.notices(actor=actor)
    for one in found:
        print_json(summary_of(one)) if as_json else click.echo(_line(one))
    for notice in [] if as_json else [notice for notice in notices if notice.read_at is None]:
        click.echo(_notice(notice))


@rules.command("propose")
@click.argument("snapshot")
@REASON
@click.option("--share-bp", type=int, help="The share of claims that it judges on trial, in basis points (default: iteration.yaml).")
@click.option("--replay", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The summary.json of a replay of it.")
@click.option("--bound", "bounds", multiple=True, help="Another bound than iteration.yaml, like least_claims=100; several times.")
@person
@click.pass_obj
def propose(  # noqa: PLR0917 - click hands options over by name
    home: Path | None, snapshot: str, reason: str, share_bp: int | None, replay: Path | None, bounds: tuple[str, ...], login: str,
    password: str,
) -> None:  # fmt: skip
    """Propose a compiled SNAPSHOT. It is a draft and changes nothing; another person approves."""
    report = None if replay is None else report_of_file(replay.read_bytes())
    proposal = Proposal(snapshot, reason, share_bp, dict(_bound(text) for text in bounds), report)
    with opened(home) as platform, signed_in(platform, login=login, password=password) as actor:
        made = platform.iteration.propose(actor=actor, proposal=proposal)
    print_json(summary_of(made))


@rules.command("approve")
@click.argument("release")
@click.option("--to", "state", required=True, type=click.Choice(FORWARD), help="The next state; what you approve is written out.")
@REASON
@person
@click.pass_obj
def approve(  # noqa: PLR0917 - click hands options over by name
    home: Path | None, release: str, state: str, reason: str, login: str, password: str
) -> None:
    """Approve the next step of a RELEASE that another person proposed; services follow between two claims."""
    with opened(home) as platform, signed_in(platform, login=login, password=password) as actor:
        to = next(known for known in NEXT.values() if known.value == state)
        moved = platform.iteration.approve(actor=actor, release_id=release, to=to, reason=reason)
    print_json(summary_of(moved))


@rules.command("withdraw")
@click.argument("release")
@REASON
@person
@click.pass_obj
def withdraw(home: Path | None, release: str, reason: str, login: str, password: str) -> None:
    """Withdraw a RELEASE that decides nothing yet: a draft, or one in shadow."""
    with opened(home) as platform, signed_in(platform, login=login, password=password) as actor:
        print_json(summary_of(platform.iteration.withdraw(actor=actor, release_id=release, reason=reason)))


@rules.command("rollback")
@click.argument("release", metavar="RELEASE|live|canary")
@REASON
@person
@click.pass_obj
def rollback(home: Path | None, release: str, reason: str, login: str, password: str) -> None:
    """Take a release back at once: out of canary, or from live to the one before. One person is enough."""
    with opened(home) as platform, signed_in(platform, login=login, password=password) as actor:
        named = {one.state.value: one.id for one in platform.iteration.list_all(actor=actor) if one.state in TAKEN_BACK}
        print_json(summary_of(platform.iteration.roll_back(actor=actor, release_id=named.get(release, release), reason=reason)))


def _bound(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if name not in Bounds.model_fields or not value:
        raise click.BadParameter(f"{text!r}: write it like least_claims=100; known are {', '.join(Bounds.model_fields)}")
    return name, value


def _line(release: Release) -> str:
    share = f"  {release.share_bp / 100:.2f} %" if release.state.value == "canary" else ""
    since = f"{release.since:%Y-%m-%d %H:%M} UTC"
    return f"{release.id}  {release.state.value:<11}  {release.snapshot_id[:12]}  {release.proposer}  {since}{share}"


def _show(details: ReleaseDetails) -> None:
    """A release for people: what it is held to, what was counted, who did what and why."""
    release = details.release
    click.echo(_line(release))
    click.echo(f"快照 snapshot: {release.snapshot_id}")
    click.echo("界限 bounds: " + ", ".join(f"{name} {value}" for name, value in release.bounds.model_dump().items()))
    if release.report is not None:
        click.echo(f"回溯 replay: {release.report['digest']}  {release.report['headline']}")
    if details.figures is not None:
        click.echo("已计 counted: " + _figures(told(details.figures)))
    for problem in details.problems:
        click.echo(f"签名不符 signature: {problem}")
    for step in details.steps:
        click.echo(f"  {step.number}. {step.to_state.value}  {step.by}  {step.at:%Y-%m-%d %H:%M} UTC  [{step.cause}] {step.reason}")
        if step.figures:
            click.echo("     " + _figures(step.figures))


def _notice(notice: ReleaseNotice) -> str:
    zh, en = CAUSES[notice.cause]
    return f"通知 notice: {notice.release_id} {notice.kind}: {zh} / {en}; {_figures(notice.figures)}"


def _figures(values: Mapping[str, int | None]) -> str:
    return ", ".join(f"{name} {'-' if values[name] is None else values[name]}" for name in TOLD if name in values)


COMMANDS = (rules,)
