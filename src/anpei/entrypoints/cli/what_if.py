"""``anpei what-if``: what a claim would come to before there is one, and the changes that would matter most."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import click
from pydantic import ValidationError

from anpei.assembly import Platform
from anpei.claims.what_if.question import Question, QuestionInvalid
from anpei.engines.knowledge import parse_text
from anpei.entrypoints.api.answers.what_if import WhatIf
from anpei.entrypoints.api.views.what_if import answer_of
from anpei.entrypoints.api.words import load_words
from anpei.entrypoints.cli.opening import opened, print_json
from anpei.records.policies import queries as policies
from anpei.records.policies.model import Policy
from anpei.records.policies.queries import PolicyUnknown
from anpei.trust.access import open_personal

MOST_BYTES = 1_000_000
Lang = Literal["zh", "en"]
HEADS = {
    "changes": {"zh": "最有影响的变化", "en": "What would matter most"}, "papers": {"zh": "需要的材料", "en": "Papers it takes"},
    "reasons": {"zh": "会由同事看，因为", "en": "A colleague would look, because"}, "missing": {"zh": "还差", "en": "Missing"},
    "names": {"zh": "名称", "en": "Names"}, "told": {"zh": "怎么算的", "en": "How it is counted"},
    "several": {"zh": "几份保障一起", "en": "Several policies together"}, "rests": {"zh": "前提", "en": "It rests on"},
    "none": {"zh": "没有找到", "en": "not found"}, "near": {"zh": "，相近的有", "en": "; near are "},
}  # fmt: skip


@click.command("what-if")
@click.option("--facts", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The question as YAML or JSON.")
@click.option("--policy", help="Policy number.")
@click.option("--kind", help="Kind of event, such as outpatient, inpatient, accident.")
@click.option("--cause", type=click.Choice(["illness", "accident", "other"]), default="illness", show_default=True)
@click.option("--on", "occurred_on", help="Day of the event, also one to come (2026-12-01).")
@click.option("--hospital", default="", help="Name of the hospital.")
@click.option("--total", help="Cost in yuan.")
@click.option("--pooled", default="0", help="Of it paid by social insurance's pooled fund.")
@click.option("--self-paid", help="Self-paid (自付), where social insurance settles.")
@click.option("--own-expense", help="Own expense (自费), where social insurance settles.")
@click.option("--unsettled", is_flag=True, help="Social insurance does not settle the bill.")
@click.option("--item", "items", multiple=True, metavar="NAME=YUAN", help="An item of the bill; may be repeated.")
@click.option("--disease", "diseases", multiple=True, help="Name of a disease; may be repeated.")
@click.option("--fact", "declared", multiple=True, metavar="NAME=VALUE", help="A fact that the product asks for; may be repeated.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--depth", type=click.Choice(["customer", "auditor"]), default="customer", show_default=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def what_if(home: Path | None, /, *, facts: Path | None, lang: Lang, depth: str, as_json: bool, **flags: Any) -> None:
    """What a claim would come to, before there is one. Nothing is stored but a line of the access log. The facts come from a file, or
    from flags for a single bill.
    """
    question = _from_file(facts) if facts is not None else _from_flags(flags)
    with opened(home) as platform:
        answer = ask(platform, question, lang=lang)
    if as_json:
        print_json(answer.model_dump(mode="json"))
        return
    for line in tell(answer, lang=lang, depth=depth):
        click.echo(line)


def _from_file(path: Path) -> Question:
    if path.stat().st_size > MOST_BYTES:
        raise QuestionInvalid(f"{path}: is larger than {MOST_BYTES} bytes: it should hold a few lines", data={"field": str(path)})
    try:
        return parse_text(path.read_text(encoding="utf-8"), Question, name=str(path))
    except UnicodeDecodeError as error:
        raise QuestionInvalid(f"{path}: is not UTF-8 text: save it as UTF-8", data={"field": str(path)}) from error


def _from_flags(flags: dict[str, Any]) -> Question:
    """One bill from flags. Raises QuestionInvalid that names the flag's field."""
    for name, flag in (("policy", "--policy"), ("kind", "--kind"), ("occurred_on", "--on")):
        if not flags[name]:
            raise QuestionInvalid(f"{flag} is missing: give it, or the whole question with --facts FILE", data={"field": name})
    event = {name: flags[name] for name in ("kind", "cause", "occurred_on", "hospital")}
    given: dict[str, Any] = {
        "policy": {"number": flags["policy"]}, "event": event, "diagnoses": [{"name": name} for name in flags["diseases"]],
        "declared": dict(_pairs(flags["declared"], "--fact")),
    }  # fmt: skip
    if flags["total"]:
        bill = {name: flags[name] for name in ("total", "pooled", "self_paid", "own_expense") if flags[name] is not None}
        kind = flags["kind"] if flags["kind"] in ("outpatient", "inpatient") else "outpatient"
        lines = [{"name": name, "amount": amount} for name, amount in _pairs(flags["items"], "--item")]
        given["bills"] = [bill | {"kind": kind, "settled_by_social": not flags["unsettled"], "lines": lines}]
    try:
        return Question.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise QuestionInvalid(f"{field}: {first['msg']}", data={"field": field}) from error


def _pairs(given: tuple[str, ...], flag: str) -> Iterator[tuple[str, str]]:
    for text in given:
        name, sign, value = text.rpartition("=")
        if not sign or not name.strip():
            raise QuestionInvalid(f"{flag} {text!r}: write NAME=VALUE", data={"field": flag})
        yield name.strip(), value.strip()


def ask(platform: Platform, question: Question, *, lang: Lang) -> WhatIf:
    """The answer, past the gate. Raises PolicyUnknown, QuestionInvalid."""
    policy = _policy(platform, question.policy.number)
    with platform.database.read() as conn:
        told = platform.what_if.answer(conn, policy=policy, question=question, sees=lambda other: platform.console.covers(other.insurer_id))
    return answer_of(told, words=load_words(platform.rulebook), findings=platform.line.findings, lang=lang)


def _policy(platform: Platform, number: str) -> Policy:
    with platform.database.write() as conn:
        policy = policies.find_by_number(conn, vault=platform.vault, number=number)
        if policy is None:
            raise PolicyUnknown("policy.number: no policy of this number is held: check it, or import it", data={"field": "policy.number"})
        open_personal(
            conn, actor=platform.console, at=platform.clock.now(), purpose="claim_report", subject=policy.id, fields=("birth_date",),
            insurer_id=policy.insurer_id,
        )  # fmt: skip
    return policy


def tell(answer: WhatIf, *, lang: Lang, depth: str) -> Iterator[str]:
    """The answer as lines of text: first the result, then why, then what would change it."""
    yield f"{answer.verdict.title}: {answer.text}"
    calculated = answer.told if depth == "customer" else [f"{s.title} [{s.clause}]: {s.text}" for s in answer.steps]
    names = [_name(one.given, one.found, one.offers, lang) for one in answer.matches if one.found != one.given]
    blocks = {
        "missing": [f"{one.title} ({one.field})" for one in answer.missing], "told": calculated,
        "reasons": [one.title for one in answer.reasons], "changes": [f"{n}. {c.text}" for n, c in enumerate(answer.changes, start=1)],
        "names": names, "several": answer.several,
        "papers": [" / ".join(kind.title for kind in paper.kinds) + f": {paper.why}" for paper in answer.papers], "rests": answer.rests_on,
    }  # fmt: skip
    for name, lines in blocks.items():
        if lines:
            yield HEADS[name][lang]
            yield from (f"  {line}" for line in lines)


def _name(given: str, found: str, offers: list[str], lang: Lang) -> str:
    if found:
        return f"{given} → {found}"
    return f"{given}: {HEADS['none'][lang]}" + (HEADS["near"][lang] + "、".join(offers) if offers else "")


COMMANDS = (what_if,)
