"""``anpei risk``: train a scorer from any table, score, report, put a model to use; look at links between claims."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import click

from anpei.assembly import Platform
from anpei.claims.dossier import queries as dossier
from anpei.claims.risk.links import find_links
from anpei.claims.risk.scorer import drift
from anpei.claims.risk.scorer.artefact import Model, load_model
from anpei.claims.risk.scorer.history import History, read_history
from anpei.claims.risk.scorer.mapping import HistoryMapping
from anpei.claims.risk.signals import CATEGORY, NUMERIC
from anpei.claims.risk.standing import list_models
from anpei.engines.knowledge import parse_text
from anpei.entrypoints.cli.leak import person
from anpei.entrypoints.cli.opening import opened, print_json, say
from anpei.entrypoints.cli.signing_in import signed_in
from anpei.kernel.errors import NotFound
from anpei.trust.vault.private_file import create_private

TABLE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group("risk")
def risk() -> None:
    """Risk (风险): a score may only send a claim to a person."""


@risk.command("signals")
def signals() -> None:
    """The columns that a live claim tells: a model for the line uses these names."""
    for part, names in (("numeric", NUMERIC), ("category", CATEGORY)):
        for name, (zh, en) in names.items():
            print_json({"column": name, "part": part, "zh": zh, "en": en})


@risk.command("table")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A new CSV file, for you alone.")
@person
@click.pass_obj
def table_of(home: Path | None, out: Path, login: str, password: str) -> None:
    """The platform's own decided claims as a table to learn from: signals, decision, by whom."""
    with opened(home) as platform, signed_in(platform, login=login, password=password) as actor:
        text = io.StringIO(newline="")
        writer = None
        for row in platform.risk.rows(actor=actor):
            if writer is None:
                writer = csv.DictWriter(text, list(row))
                writer.writeheader()
            writer.writerow(row)
        create_private(out, text.getvalue().encode())
    say(f"{out}")


@risk.command("train")
@click.option("--table", type=TABLE, required=True, help="Your history: CSV or Parquet.")
@click.option("--mapping", "mapping_file", type=TABLE, required=True, help="YAML: which column is what (docs/risk.md).")
@click.pass_obj
def train(home: Path | None, table: Path, mapping_file: Path) -> None:
    """Train a model from a history; it is kept and not in use yet."""
    mapping = parse_text(mapping_file.read_text(encoding="utf-8"), HistoryMapping, name=str(mapping_file))
    with opened(home) as platform:
        model = platform.risk.train(table=table, mapping=mapping)
        print_json(_summary(model))


@risk.command("score")
@click.option("--table", type=TABLE, required=True, help="Rows to score: the id, the time and the features.")
@click.option("--model", "model_id", help="Default: the model in use.")
@click.option("--all", "with_all", is_flag=True, help="Give reasons for every row, not only for those at the referral point.")
@click.pass_obj
def score(home: Path | None, table: Path, model_id: str | None, with_all: bool) -> None:
    """Score the rows of a table, one JSON object a row, with the reasons of those that go to a person."""
    with opened(home) as platform:
        model = _model(platform, model_id)
    history = read_history(table, mapping=model.mapping, labelled=False)
    chances = model.chances(history)
    for place, name in enumerate(history.ids):
        told: dict[str, Any] = {"id": name, "score_bp": round(float(chances[place]) * 10_000)}
        told["refers"] = told["score_bp"] >= model.refer_at_bp
        if told["refers"] or with_all:
            found = model.score(_values(history, place)).reasons
            told["reasons"] = [reason.to_dict() | _titles(model, reason.feature) for reason in found]
        print_json(told)


@risk.command("report")
@click.option("--model", "model_id", help="Default: the model in use.")
@click.option("--table", type=TABLE, help="Newer rows: also report drift against training.")
@click.pass_obj
def report(home: Path | None, model_id: str | None, table: Path | None) -> None:
    """How good a model is on the time after its training, and how far newer rows have drifted from it."""
    with opened(home) as platform:
        model = _model(platform, model_id)
        limits = platform.risk.rules.drift
    told = _summary(model) | {"metrics": model.metrics}
    if table is not None:
        history = read_history(table, mapping=model.mapping, labelled=False)
        found = drift.drift_report(history, encoder=model.encoder, score=model.chances(history), reference=model.reference)
        for part in (*found["features"].values(), found["score"]):
            part["grade"] = drift.grade(part["psi"], watch=limits.watch_milli / 1000, act=limits.act_milli / 1000)
        told["drift"] = found
    click.echo(json.dumps(told, ensure_ascii=False, indent=1))


@risk.command("models")
@click.pass_obj
def models(home: Path | None) -> None:
    """The models that are kept, and which is in use."""
    with opened(home) as platform:
        for model_id in list_models(platform.risk.models.root):
            print_json({"model": model_id, "in_use": model_id == platform.risk.models.wanted})


@risk.command("use")
@click.argument("model_id", required=False)
@click.option("--none", "is_none", is_flag=True, help="Take the model out of use.")
@person
@click.pass_obj
def use(home: Path | None, model_id: str | None, is_none: bool, login: str, password: str) -> None:
    """A person puts MODEL_ID to use in the claim line, or takes it out with --none."""
    if (model_id is None) != is_none:
        raise click.UsageError("give a model or --none")
    with opened(home) as platform, signed_in(platform, login=login, password=password) as actor:
        platform.risk.use(actor=actor, model_id=model_id)
    say("no model is in use" if model_id is None else f"{model_id} is in use")


@risk.command("links")
@click.argument("claim_no")
@click.pass_obj
def links(home: Path | None, claim_no: str) -> None:
    """The claims that share values with CLAIM_NO, within the bounds of rulebook/risk.yaml; values are shown as blind digits only."""
    with opened(home) as platform, platform.database.read() as conn:
        claim = dossier.find_by_number(conn, vault=platform.vault, claim_no=claim_no)
        if claim is None:
            raise NotFound(f"there is no claim {claim_no}: check the number", data={"claim_no": claim_no})
        print_json(find_links(conn, claim_id=claim.id, rules=platform.risk.rules.links).to_dict())


def _model(platform: Platform, model_id: str | None) -> Model:
    found = platform.risk.models.get() if model_id is None else load_model(platform.risk.models.root, model_id)
    if found is None:
        raise NotFound("no model is in use: name one with --model (anpei risk models)")
    return found


def _summary(model: Model) -> dict[str, Any]:
    manifest = model.manifest
    return {
        "model": model.id, "trained_at": manifest["trained_at"], "windows": manifest["windows"], "features": manifest["features"],
        "refer_at_bp": model.refer_at_bp, "test": model.metrics["test"], "baseline": model.metrics["baseline"],
        "referred": model.metrics["referred"], "libraries": manifest["libraries"],
    }  # fmt: skip


def _titles(model: Model, feature: str) -> dict[str, str]:
    return {"zh": model.mapping.title(feature, lang="zh"), "en": model.mapping.title(feature, lang="en")}


def _values(history: History, place: int) -> dict[str, Any]:
    """One row by feature name."""
    numbers = {name: float(column[place]) for name, column in history.numbers.items()}
    return {name: None if value != value else value for name, value in numbers.items()} | {  # noqa: PLR0124 - NaN is missing
        name: str(column[place]) for name, column in history.words.items()
    }


COMMANDS = (risk,)
