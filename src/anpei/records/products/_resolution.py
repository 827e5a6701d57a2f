"""From a product file and a plan to the terms: every value in whole numbers, every text in both languages."""

from collections.abc import Iterator, Mapping

from anpei.records.products import _checks, _steps
from anpei.records.products._forms import Words, fact_value, parameter_value
from anpei.records.products.model import (
    AccumulatorTerms,
    BenefitLine,
    CodeTerms,
    Coverage,
    DocumentWanted,
    EventDocuments,
    Exclusion,
    HospitalTerms,
    InputTerms,
    ListTerms,
    Parameter,
    Said,
    StepTerms,
    TableTerms,
    Terms,
    text_of,
    whole_of,
)
from anpei.records.products.schema import InputFile, ProductFile, TableFile


def resolve(file: ProductFile, *, plan: str, overrides: Mapping[str, str | int] | None = None) -> Terms:
    """The terms of one plan of a product file; ``overrides`` replace plan values (examples and what-if questions)."""
    values = {**file.plans[plan].parameters, **(overrides or {})}
    steps, lefts = _resolved_steps(file)
    return Terms(
        product_id=file.id,
        version=file.version,
        plan=plan,
        title=_said(file.title),
        plan_title=_said(file.plans[plan].title),
        line=file.line,
        status=file.status,
        owner=file.owner,
        reference=file.reference,
        valid_from=file.valid_from,
        valid_to=file.valid_to,
        waiting_days=file.waiting_days,
        waiting_exempt=tuple(file.waiting_exempt),
        hospital=HospitalTerms(tuple(file.hospital.ownership), file.hospital.min_grade, file.hospital.ward),
        event_kinds=tuple(file.event_kinds),
        documents=tuple(_documents(file, kind) for kind in file.event_kinds),
        coverages=tuple(Coverage(c.id, _said(c.title), c.clause) for c in file.coverages),
        exclusions=tuple(Exclusion(e.id, _said(e.title), e.clause, tuple(e.icd_prefixes)) for e in file.exclusions),
        parameters=tuple(Parameter(n, p.unit, parameter_value(p.unit, values[n]), _said(p.title)) for n, p in file.parameters.items()),
        accumulators=tuple(
            AccumulatorTerms(n, a.kind, a.period, a.total, _said(a.title), a.per or "", "fen" if a.kind == "count" else lefts[f"{n}.left"])
            for n, a in file.accumulators.items()
        ),
        unit=file.unit,
        steps=steps,
        lines=tuple(
            BenefitLine(x.id, x.coverage, _said(x.title), x.claimed, x.payable, x.each or "", x.basis, x.loss or "", x.part_of or "")
            for x in file.lines
        ),
        payable=file.payable,
        phrases=tuple(sorted((name, _said(words)) for name, words in file.phrases.items())),
        inputs=tuple(_inputs(file)),
        lists=tuple(ListTerms(name, _said(data.title), data.from_) for name, data in file.lists.items()),
        codes=tuple(CodeTerms(n, tuple((word, _said(title)) for word, title in words.items())) for n, words in file.codes.items()),
        tables=tuple(_table(file, name, data) for name, data in file.tables.items()),
    )  # fmt: skip


def _resolved_steps(file: ProductFile) -> tuple[tuple[StepTerms, ...], dict[str, str]]:
    names = _steps.Names.of(file)
    made: list[StepTerms] = []
    for step in file.steps:
        names.totals(file)
        made.append(_steps.to_terms(step, unit=file.unit, output_unit=names.output_unit(step)))
        names.add(step)
    names.totals(file)
    return tuple(made), names.lefts


def _inputs(file: ProductFile) -> Iterator[InputTerms]:
    for name, data in file.inputs.items():
        yield _input(file, name, "event", data)
    for rows, listed in file.lists.items():
        for name, data in listed.columns.items():
            yield _input(file, name, rows, data)


def _input(file: ProductFile, name: str, of: str, data: InputFile) -> InputTerms:
    unit = _steps.unit_of(data.type)
    given = None if data.given is None else whole_of(fact_value(unit, data.given), unit=unit, words=_words(file, unit))
    return InputTerms(name, of, unit, _said(data.title), given, data.source)


def _words(file: ProductFile, unit: str) -> list[str]:
    return list(file.codes.get(unit.removeprefix("code:"), {})) if unit.startswith("code:") else []


def _table(file: ProductFile, name: str, data: TableFile) -> TableTerms:
    rows = sorted((_checks.table_key(file, data.keys, key), _checks.table_value(data.unit, value)) for key, value in data.rows.items())
    return TableTerms(name, _said(data.title), _steps.unit_of(data.keys), _steps.unit_of(data.unit), data.band, tuple(rows))


def _documents(file: ProductFile, kind: str) -> EventDocuments:
    wanted = tuple(DocumentWanted(tuple(d.any_of), _said(d.why), d.only_if) for d in file.documents[kind])
    return EventDocuments(event_kind=kind, documents=wanted)


def _said(words: Words) -> Said:
    return text_of(words.model_dump())
