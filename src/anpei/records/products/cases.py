"""Cases handed in as files (YAML or JSON): the bills and facts of one claim under a product, to be calculated and explained."""

from pathlib import Path
from typing import Any, Self

from anpei.engines.knowledge.files import load
from anpei.records.products._case_checks import case_problems
from anpei.records.products._forms import refuse
from anpei.records.products.schema import CaseFacts, ProductFile

__all__ = ["CaseFacts", "load_case"]


def load_case(path: Path, *, file: ProductFile) -> CaseFacts:
    """Read a case and check it against the product: plan, parameters, accumulators, declared facts and their units.

    Raises KnowledgeError with file, line, field and what would be right.
    """

    class Case(CaseFacts):
        """A case under this product."""

        @classmethod
        def model_validate(cls, obj: Any, **options: Any) -> Self:
            case = super().model_validate(obj, **options)
            refuse(cls.__name__, list(case_problems(file, case, ())))
            return case

    return load(path, Case)
