"""Deliberate faults in the papers of a claim: each function takes the papers as they should be and spoils one thing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from anpei.samples.world.documents import Document
from anpei.samples.world.people import make_person

RECEIPTS = frozenset({"outpatient_receipt", "inpatient_receipt"})


@dataclass(frozen=True, slots=True)
class Paper:
    """A document with the layout it will be drawn in; ``effect`` empty means the effect of the whole folder."""

    layout: str
    document: Document
    effect: str = ""


Papers = tuple[Paper, ...]
Defect = Callable[[Papers, Random], Papers]


def fen(amount: str) -> int:
    """Decimal text in yuan to fen."""
    return int(amount.replace(".", ""))


def yuan(amount: int) -> str:
    """Fen to decimal text in yuan."""
    return f"{amount // 100}.{amount % 100:02d}"


def on_receipt(change: Callable[[Document, Random], Document]) -> Defect:
    """A defect of the receipt alone."""

    def defect(papers: Papers, rng: Random) -> Papers:
        return tuple(replace(paper, document=change(paper.document, rng)) if paper.document.kind in RECEIPTS else paper for paper in papers)

    return defect


@on_receipt
def wrong_person(document: Document, rng: Random) -> Document:
    """The receipt names somebody else."""
    gender = {"男": "M", "女": "F"}[document.facts["gender"]]
    name = document.facts["patient_name"]
    while name[0] == document.facts["patient_name"][0]:
        name = make_person(rng, gender=gender).name
    return document.change(patient_name=name)


@on_receipt
def row_left_out(document: Document, rng: Random) -> Document:
    """The dearest row is not printed, so the rows do not add up to the total."""
    dearest = max(document.rows, key=lambda row: fen(row["amount"]))
    return replace(document, rows=tuple(row for row in document.rows if row is not dearest))


@on_receipt
def capitals_differ(document: Document, rng: Random) -> Document:
    """The amount in capitals is a hundred yuan higher than the digits."""
    return document.change(total_upper=yuan(fen(document.facts["total_amount"]) + 100_00))


@on_receipt
def split_differs(document: Document, rng: Random) -> Document:
    """The fund's share is printed 36 yuan higher than it was."""
    return document.change(pooled_fund=yuan(fen(document.facts["pooled_fund"]) + 36_00))


@on_receipt
def code_differs(document: Document, rng: Random) -> Document:
    """The QR code states a lower total than the print."""
    parts = document.extra["qr"].split(",")
    parts[5] = yuan(max(fen(parts[5]) // 2, 1))
    return replace(document, extra={**document.extra, "qr": ",".join(parts)})


def without(*kinds: str) -> Defect:
    """Leave pages of these kinds out of the folder."""

    def defect(papers: Papers, rng: Random) -> Papers:
        return tuple(paper for paper in papers if paper.document.kind not in kinds)

    return defect


def blank_receipt(papers: Papers, rng: Random) -> Papers:
    """A blank sheet was photographed instead of the receipt."""
    return tuple(_blank(paper) if paper.document.kind in RECEIPTS else paper for paper in papers)


def _blank(paper: Paper) -> Paper:
    name = paper.layout.split("/")[1].split("-")[0]
    return Paper(layout=f"blank/{name}-a", document=Document(kind="blank", facts={}))


def blurred_receipt(papers: Papers, rng: Random) -> Papers:
    """The photo of the receipt is hopelessly out of focus."""
    return tuple(replace(paper, effect="blur_8") if paper.document.kind in RECEIPTS else paper for paper in papers)


def with_unrelated(papers: Papers, rng: Random) -> Papers:
    """One page of the folder has nothing to do with the claim."""
    name = papers[0].layout.split("/")[1].split("-")[0]
    empty: Mapping[str, str] = {}
    return (*papers, Paper(layout=f"unknown/{name}-a", document=Document(kind="unknown", facts=empty)))


def turned_and_dark(papers: Papers, rng: Random) -> Papers:
    """No defect: the receipt was photographed sideways, the rest in a badly lit room."""
    return tuple(replace(paper, effect="rotated_90" if paper.document.kind in RECEIPTS else "dark") for paper in papers)


def as_pdf(papers: Papers, rng: Random) -> Papers:
    """No defect: receipts and lists come as PDF files with a text layer."""
    return tuple(
        replace(paper, effect="pdf") if paper.document.kind in RECEIPTS | {"fee_list", "settlement_sheet"} else paper for paper in papers
    )
