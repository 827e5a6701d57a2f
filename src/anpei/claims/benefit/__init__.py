"""Benefit (理算): the amount, line by line and step by step, from bills, terms and what is used already. Pure; integers only.

Owns nothing in the database. The same call serves the live claim, the what-if question, the replay and the offline proof, so it
depends on its arguments only. Emits no events.

``benefit.assess(...)`` calculates, ``benefit.explain(...)`` says it in words, ``benefit.run_examples(...)`` runs the worked
examples of the product files.
"""

from anpei.claims.benefit._form import BenefitInvalid, CurrencyRefused, FactsInconsistent, FactsMissing
from anpei.claims.benefit.assessment import assess
from anpei.claims.benefit.event import EventFacts, FactRow
from anpei.claims.benefit.examples import ExampleOutcome, assess_case, failed_examples, run_examples
from anpei.claims.benefit.explanation import explain
from anpei.claims.benefit.facts import Accumulators, BillFacts, BillLine, Used
from anpei.claims.benefit.model import AccumulatorUse, AssessedLine, AssessedUnit, Assessment, Step, ZeroCause

__all__ = [
    "AccumulatorUse",
    "Accumulators",
    "AssessedLine",
    "AssessedUnit",
    "Assessment",
    "BenefitInvalid",
    "BillFacts",
    "BillLine",
    "CurrencyRefused",
    "EventFacts",
    "ExampleOutcome",
    "FactRow",
    "FactsInconsistent",
    "FactsMissing",
    "Step",
    "Used",
    "ZeroCause",
    "assess",
    "assess_case",
    "explain",
    "failed_examples",
    "run_examples",
]
