"""``anpei product``: check product files, explain a calculation clause by clause."""

import sys
from pathlib import Path
from typing import Any, Literal

import click

from anpei.assembly import Settings
from anpei.claims import benefit
from anpei.claims.benefit import Assessment
from anpei.engines.knowledge import KnowledgeError, Rulebook, shipped_rulebook
from anpei.engines.knowledge.files import load
from anpei.entrypoints.cli.opening import print_json, say
from anpei.kernel.errors import InvalidInput, NotFound
from anpei.kernel.money import Money
from anpei.kernel.period import Period
from anpei.records.products.cases import CaseFacts, load_case
from anpei.records.products.library import FOLDER
from anpei.records.products.model import Terms, said
from anpei.records.products.schema import ProductFile

Lang = Literal["zh", "en"]
Depth = Literal["customer", "auditor"]
LINE = {"zh": "明细 {id}：{coverage}，计算基数{claimed}元，赔付{payable}元", "en": "Line {id}: {coverage}, of ¥{claimed} paid ¥{payable}"}
USED = {"zh": "累计 {name}（{key}）：本次使用{amount}", "en": "Counted {name} ({key}): {amount} used now"}
VERIFY = {"zh": "上线前须核对的参数：{names}", "en": "To be verified before going live: {names}"}


@click.group("product")
def product() -> None:
    """Products as dated data."""


@product.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True)
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Check product files: form, meaning, and their worked examples. Errors name file, line, field and what would be right."""
    reports = [_checked(path) for path in files]
    if as_json:
        for report in reports:
            print_json(report)
    else:
        for report in reports:
            _tell(report["file"], report["problems"])
            if not report["problems"]:
                click.echo(f"{report['file']}: {report['product']} {report['version']} is right; {report['examples']} examples to the cent")
                if report["to_verify"]:
                    click.echo(
                        f"  {len(report['to_verify'])} values are usual in the market, verify them: {', '.join(report['to_verify'])}"
                    )
    sys.exit(1 if any(report["problems"] for report in reports) else 0)


def _problems(error: KnowledgeError) -> list[dict[str, Any]]:
    """All that is wrong with a file: line, field, and what would be right."""
    first = {"line": error.data.get("line", 1), "field": error.data.get("field", ""), "message": error.message}
    return list(error.data.get("problems") or [first])


def _tell(file: str, problems: list[dict[str, Any]]) -> None:
    for problem in problems:
        say(f"{file}, line {problem['line']}" + (f", {problem['field']}" if problem["field"] else "") + f": {problem['message']}")


def _checked(path: Path) -> dict[str, Any]:
    """What one file says or what is wrong with it."""
    try:
        file = load(path, ProductFile)
    except KnowledgeError as error:
        return {"file": str(path), "problems": _problems(error)}
    line = next((n for n, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1) if text.startswith("examples:")), 1)
    return {
        "file": str(path), "product": file.id, "version": file.version, "examples": len(file.examples), "to_verify": file.to_verify(),
        "problems": [{"line": line, "field": "examples", "message": said_} for said_ in benefit.failed_examples(file)],
    }  # fmt: skip


@product.command("explain")
@click.argument("product_id", metavar="PRODUCT")
@click.option("--facts", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The case: bills and facts (YAML or JSON).")
@click.option("--example", help="A worked example of the product instead of a case of your own.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--depth", type=click.Choice(["customer", "auditor"]), default="auditor", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The whole assessment with its trace.")
@click.pass_obj
def explain(
    home: Path | None, *, product_id: str, facts: Path | None, example: str | None, lang: Lang, depth: Depth, as_json: bool
) -> None:  # fmt: skip
    """The calculation clause by clause. PRODUCT is a product's id or a product file; the version in force on the day of the case holds."""
    try:
        if facts is not None and example is None:
            file, case = _case_of(facts, versions=_versions(home, product_id))
        elif example is not None and facts is None:
            file, case = _example_of(example, versions=_versions(home, product_id))
        else:
            raise InvalidInput("give either --facts FILE or --example ID")
    except KnowledgeError as error:
        _tell(str(error.data.get("file", "")), _problems(error))
        sys.exit(1)
    terms, assessment = benefit.assess_case(file, case)
    if as_json:
        print_json({"product": file.id, "version": file.version, "assessment": assessment.to_dict()})
        return
    click.echo(f"{said(terms.title, lang)} {file.version} · {said(terms.plan_title, lang)} · {terms.reference}")
    for text in benefit.explain(assessment=assessment, terms=terms, lang=lang, depth=depth):
        click.echo(text)
    if depth == "auditor":
        for text in _record(file, terms, assessment, lang):
            click.echo(text)


def _record(file: ProductFile, terms: Terms, assessment: Assessment, lang: Lang) -> list[str]:
    """Lines, what is used up, and the values that are not verified yet."""
    coverages = {coverage.id: f"{said(coverage.title, lang)} [{coverage.clause}]" for coverage in terms.coverages}
    titles = {a.name: said(a.title, lang) for a in terms.accumulators}
    told = [
        LINE[lang].format(
            id=line.id,
            coverage=coverages[line.coverage],
            claimed=Money(line.claimed_fen).decimal(),
            payable=Money(line.payable_fen).decimal(),
        )
        for line in assessment.lines
    ]
    for use in assessment.accumulator_use:
        amount = str(use.amount) if use.kind == "count" else Money(use.amount).decimal()
        told.append(USED[lang].format(name=titles[use.name], key=use.period_key, amount=amount))
    return told + ([VERIFY[lang].format(names=", ".join(file.to_verify()))] if file.to_verify() else [])


def _example_of(example: str, *, versions: list[ProductFile]) -> tuple[ProductFile, CaseFacts]:
    found = next(((file, one) for file in versions for one in file.examples if one.id == example), None)
    if found is None:
        known = ", ".join(one.id for file in versions for one in file.examples)
        raise NotFound(f"product {versions[0].id} has no example {example!r}; it has {known}")
    return found


def _case_of(facts: Path, *, versions: list[ProductFile]) -> tuple[ProductFile, CaseFacts]:
    """The case and the version in force on its day."""
    day = load_case(facts, file=versions[-1]).day
    in_force = [file for file in versions if Period(file.valid_from, file.valid_to).contains(day)]
    if not in_force:
        raise NotFound(f"product {versions[0].id!r} has no version in force on {day}: check the product and the day of the case")
    return in_force[-1], load_case(facts, file=in_force[-1])


def _versions(home: Path | None, product_id: str) -> list[ProductFile]:
    """The versions of a product by start: of a file, or of the rulebook by id."""
    path = Path(product_id)
    if path.suffix in {".yaml", ".yml"}:
        return [load(path, ProductFile)]
    overlay = Settings.from_environment(home=home).home / "rulebook"
    rulebook: Rulebook = shipped_rulebook(overlay if overlay.is_dir() else None)
    loaded = [file for _, file in rulebook.load_all(FOLDER, ProductFile)]
    found = sorted((file for file in loaded if file.id == product_id), key=lambda file: file.valid_from)
    if not found:
        raise NotFound(f"there is no product {product_id!r}; there are {', '.join(sorted({file.id for file in loaded}))}")
    return found


COMMANDS = (product,)
