"""What the claim line knows of papers: titles, words of bills, and what a paper of each kind is to a claim (``rulebook/papers.yaml``)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from anpei.claims.documents.bills import BillsFile, load_bill_words
from anpei.engines.knowledge import Rulebook
from anpei.reading.kinds import load_kind_titles


class PapersFile(BaseModel):
    """All of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int
    owner: str
    reference: str
    valid_from: str
    always_counting: frozenset[str]
    medical: frozenset[str]

    def counts(self, kind: str, *, needed: Collection[str]) -> bool:
        """Whether the facts of a paper of this kind count; ``needed``: the kinds that the product asks for."""
        return kind in self.always_counting or kind in needed


@dataclass(frozen=True)
class PaperBook:
    """What the claim line knows of papers: their titles by kind, the words of bills, and what each kind is to a claim."""

    titles: Mapping[str, str]
    words: BillsFile
    rules: PapersFile


def load_papers(rulebook: Rulebook) -> PaperBook:
    """Read ``papers.yaml``, ``bills.yaml`` and the kinds' titles. Raises KnowledgeError."""
    return PaperBook(load_kind_titles(rulebook), load_bill_words(rulebook), rulebook.load("papers.yaml", PapersFile))
