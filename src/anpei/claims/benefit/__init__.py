"""Benefit (理算): the amount, line by line and step by step, from bills, terms and what is used already. Pure; integers only.

Owns nothing in the database. The same call serves the live claim, the what-if question, the replay and the offline proof, so it
depends on its arguments only. Emits no events.

``assess`` calculates, ``explain`` says it in words, ``retrace`` recomputes it from its trace, ``run_examples`` runs the worked examples
of the product files. ``coordinate`` lets several payers pay one loss, ``share_among`` shares a benefit among payees, ``correct`` gives
the difference after a retro-active change.
"""

from anpei.claims.benefit._form import BenefitInvalid, CurrencyRefused, FactsInconsistent, FactsMissing
from anpei.claims.benefit.assessment import assess
from anpei.claims.benefit.coordination import Coordination, PaidBy, Payer, PayerKind, coordinate, explain_coordination
from anpei.claims.benefit.correction import Correction, LineChange, UseChange, correct
from anpei.claims.benefit.event import EventFacts, FactRow
from anpei.claims.benefit.examples import ExampleOutcome, assess_case, failed_examples, run_examples
from anpei.claims.benefit.explanation import ToldStep, explain, told_steps
from anpei.claims.benefit.facts import Accumulators, BillFacts, BillLine, Used
from anpei.claims.benefit.model import AccumulatorUse, AssessedLine, AssessedUnit, Assessment, Step, ZeroCause
from anpei.claims.benefit.payees import Payee, Share, share_among
from anpei.claims.benefit.retrace import retrace

__all__ = [
    "AccumulatorUse", "Accumulators", "AssessedLine", "AssessedUnit", "Assessment", "BenefitInvalid", "BillFacts", "BillLine",
    "Coordination", "Correction", "CurrencyRefused", "EventFacts", "ExampleOutcome", "FactRow", "FactsInconsistent", "FactsMissing",
    "LineChange", "PaidBy", "Payee", "Payer", "PayerKind", "Share", "Step", "ToldStep", "UseChange", "Used", "ZeroCause", "assess",
    "assess_case", "coordinate", "correct", "explain", "explain_coordination", "failed_examples", "retrace", "run_examples", "share_among",
    "told_steps",
]  # fmt: skip
