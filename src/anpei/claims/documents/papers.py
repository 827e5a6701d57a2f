"""What the claim line knows of papers: titles, words of bills, and what a paper of each kind is to a claim (``rulebook/papers.yaml``)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from anpei.claims.documents.bills import BillsFile, load_bill_words
from anpei.claims.intake.declared import DeclaredFile, load_declared
from anpei.engines.knowledge import Rulebook
from anpei.reading.kinds import load_kind_titles
from anpei.reading.likeness import LikenessRules, load_rules


class AlikeRule(BaseModel):
    """When two pages of some kinds are pictures of one paper, how often it may be used, and the codes of what is found: ``finding`` in
    another claim, ``within`` this one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: frozenset[str]
    use: Literal["once", "person"]
    finding: str
    within: str
    numbers: tuple[str, ...] = ()
    first: Mapping[str, tuple[str, ...]] = {}
    any: Mapping[str, tuple[str, ...]] = {}
    unlike: tuple[str, ...] = ()
    same: tuple[tuple[str, ...], ...]


class PapersFile(BaseModel):
    """All of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_version: int
    owner: str
    reference: str
    valid_from: str
    always_counting: frozenset[str]
    medical: frozenset[str]
    alike: tuple[AlikeRule, ...]

    def alike_rule(self, kind: str) -> AlikeRule | None:
        """How pages of this kind are compared; None: they are not."""
        return next((rule for rule in self.alike if kind in rule.kinds), None)

    def counts(self, kind: str, *, needed: Collection[str]) -> bool:
        """Whether the facts of a paper of this kind count; ``needed``: the kinds that the product asks for."""
        return kind in self.always_counting or kind in needed


@dataclass(frozen=True)
class PaperBook:
    """What the claim line knows of papers: their titles by kind, the words of bills, what each kind is to a claim, what it declares."""

    titles: Mapping[str, str]
    words: BillsFile
    rules: PapersFile
    likeness: LikenessRules
    declared: DeclaredFile


def load_papers(rulebook: Rulebook) -> PaperBook:
    """Read ``papers.yaml``, ``bills.yaml``, ``likeness.yaml``, ``declared.yaml`` and the kinds' titles. Raises KnowledgeError."""
    return PaperBook(
        load_kind_titles(rulebook), load_bill_words(rulebook), rulebook.load("papers.yaml", PapersFile), load_rules(rulebook),
        load_declared(rulebook),
    )  # fmt: skip
