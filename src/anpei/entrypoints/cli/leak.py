"""``anpei leak``: draw a month, review blind, answer, sign what was paid too little, and report."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from anpei.claims.leak.model import Verdict
from anpei.claims.leak.report import LeakReport, headline
from anpei.entrypoints.cli import demo
from anpei.entrypoints.cli.opening import opened, print_json, say
from anpei.entrypoints.cli.signing_in import signed_in
from anpei.kernel.errors import InvalidInput
from anpei.kernel.money import Money
from anpei.trust.vault.private_file import create_private


@click.group("leak")
def leak() -> None:
    """Leak measurement (漏损测量): settlements of the machine, decided again blind by a person."""


def person(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options by which a person signs in for one command."""
    command = click.option("--password", prompt=True, hide_input=True, help="Asked for when not given.")(command)
    return click.option("--login", required=True, help="Your account.")(command)


@leak.command("draw")
@click.option("--period", required=True, help="A month that has ended, like 2026-10.")
@click.pass_obj
def draw(home: Path | None, period: str) -> None:
    """Draw a month for every insurer, once. Nobody chooses the seed; the same month again changes nothing."""
    with opened(home) as platform:
        for one in platform.leak.draw(period=period):
            drawn = sum(len(stratum["drawn"]) for stratum in one.strata)
            population = sum(stratum["population"] for stratum in one.strata)
            print_json(
                {
                    "draw": one.id,
                    "insurer": one.insurer_id,
                    "period": one.period,
                    "population": population,
                    "drawn": drawn,
                    "seed": one.seed,
                }
            )


@leak.command("list")
@person
@click.pass_obj
def list_open(home: Path | None, login: str, password: str) -> None:
    """The tasks that you may answer."""
    with opened(home) as platform, signed_in(platform, login=login, password=password) as actor:
        for task in platform.leak.list_open(actor=actor):
            print_json(task)


@leak.command("show")
@click.argument("task")
@click.option("--pages", type=click.Path(path_type=Path, file_okay=False), help="Write the papers into this folder, for you alone.")
@person
@click.pass_obj
def show(home: Path | None, task: str, pages: Path | None, login: str, password: str) -> None:
    """Take TASK and see papers and facts; not what the machine calculated or decided."""
    with opened(home) as platform, signed_in(platform, login=login, password=password) as actor:
        click.echo(json.dumps(platform.leak.take(actor=actor, task_id=task), ensure_ascii=False, indent=1))
        if pages is not None:
            pages.mkdir(parents=True, exist_ok=True, mode=0o700)
            for name, data in platform.leak.papers(actor=actor, task_id=task):
                create_private(pages / name, data)
            say(f"papers: {pages}")


@leak.command("answer")
@click.argument("task")
@click.option("--pay", help="What is due in all, in yuan, like 266.08.")
@click.option("--not-payable", is_flag=True, help="Nothing is due; give the reason.")
@click.option("--cannot-tell", is_flag=True, help="It cannot be told from this file; give the reason.")
@click.option("--reason", default="", help="The clause or the paper it stands on.")
@person
@click.pass_obj
def answer(  # noqa: PLR0917 - click hands options over by name
    home: Path | None, task: str, pay: str | None, not_payable: bool, cannot_tell: bool, reason: str, login: str, password: str
) -> None:
    """Answer a TASK that you took, signed by you."""
    if [pay is not None, not_payable, cannot_tell].count(True) != 1:
        raise InvalidInput("give one of --pay, --not-payable and --cannot-tell", data={"field": "verdict"})
    verdict = Verdict.PAY if pay is not None else Verdict.NOT_PAYABLE if not_payable else Verdict.CANNOT_TELL
    amount = None if pay is None else Money.parse(pay).fen
    with opened(home) as platform, signed_in(platform, login=login, password=password) as actor:
        state = platform.leak.answer(actor=actor, task_id=task, verdict=verdict, amount_fen=amount, reason=reason)
    print_json({"task": task, "state": state.value})


@leak.command("followups")
@person
@click.pass_obj
def followups(home: Path | None, login: str, password: str) -> None:
    """What differences led to: recoveries and supplementary payments."""
    with opened(home) as platform, signed_in(platform, login=login, password=password) as actor:
        for one in platform.leak.followups(actor=actor):
            print_json({
                "task": one.task_id, "claim_id": one.claim_id, "round": one.round, "kind": one.kind.value, "amount_fen": one.amount_fen,
                "signed_by": one.signed_by,
            })  # fmt: skip


@leak.command("sign")
@click.argument("task")
@person
@click.pass_obj
def sign(home: Path | None, task: str, login: str, password: str) -> None:
    """Sign the supplementary payment of TASK; one who reviewed it may not."""
    with opened(home) as platform, signed_in(platform, login=login, password=password) as actor:
        amount = platform.leak.sign_supplement(actor=actor, task_id=task)
    print_json({"task": task, "signed_fen": amount})


@leak.command("report")
@click.option("--insurer", default=demo.INSURER, show_default=True, help="The insurer's code.")
@click.option("--period", "periods", multiple=True, help="A drawn month; may be given several times. Default: all.")
@click.option("--json", "as_json", is_flag=True, help="All figures as JSON.")
@click.pass_obj
def report(home: Path | None, insurer: str, periods: tuple[str, ...], as_json: bool) -> None:
    """The automation rate and the leak with its interval, never one without the other."""
    with opened(home) as platform:
        found = platform.leak.report(insurer_code=insurer, months=periods)
    print_json(found.to_dict()) if as_json else show_report(found)


def show_report(found: LeakReport) -> None:
    """The report for people."""
    counts = found.counts
    click.echo(headline(found, lang="zh"))
    click.echo(headline(found, lang="en"))
    click.echo(
        f"月份 months: {', '.join(found.periods) or '-'}；自动赔付 unattended {counts.unattended}，共付 paid {Money(counts.paid_fen)}"
    )
    click.echo(
        f"抽中 drawn {counts.drawn}，已复核 answered {counts.answered}，无法判断 cannot tell {counts.cannot_tell}，"
        f"有差异 differing {counts.differing}，误报 false alarms {counts.false_alarms}"
    )
    click.echo(f"转人工后照算赔付 referred, then settled as calculated: {counts.referred_settled} / {counts.referred_decided}")
    for line in found.to_dict()["strata"]:
        told = line["leak"]
        text = f"over {told['over']['fen']} fen" if told["known"] else f"{told['zh']} {told['en']}"
        click.echo(f"  {line['stratum']}: {line['answered']}/{line['drawn']} of {line['population']}  {text}")
    for problem in found.problems:
        click.echo(f"抽样有误 selection: {problem}")


COMMANDS = (leak,)
