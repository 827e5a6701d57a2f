"""How a claim that was run is held against the truth of its folder: lane, decision, amount, findings, papers asked for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SETTLE, REFER, WANTING = "settle", "refer", "wanting"
ANSWERED_BY = {"outpatient_record": frozenset({"outpatient_record", "diagnosis_certificate"})}
"""Papers of which one answers for the other: the truth's word stands for either."""


@dataclass(frozen=True, slots=True)
class Score:
    """One claim against its truth. ``faults`` say what differs (empty: all right); ``wrong_payment`` is the one fault that must never be.

    ``lane_right``, ``decision_right`` and ``amount_right`` stand for themselves; the amount is None where the truth states none.
    """

    folder: str
    scenario: str
    which: str
    expected: str
    lane_right: bool
    decision_right: bool
    amount_right: bool | None
    wrong_payment: str = ""
    faults: tuple[str, ...] = field(default=())

    @property
    def right(self) -> bool:
        """Whether everything is as the truth says."""
        return not self.faults


def truth_of(folder: Path) -> dict[str, Any]:
    """The truth of a sample folder."""
    truth: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return truth


def score(result: Mapping[str, Any], truth: Mapping[str, Any]) -> Score:
    """Hold one line of ``anpei claim run --json`` against the truth of its folder."""
    lane, decision, total = result.get("lane"), result.get("decision"), result.get("total_fen")
    expected, amount = truth["expected_decision"], truth["expected_total_fen"]
    faults = [f"{result['error']['code']}"] if "error" in result else []
    if lane != truth["expected_lane"]:
        faults.append(f"lane {lane} ({', '.join(result.get('lane_reasons') or [])}), expected {truth['expected_lane']}")
    if decision != expected:
        why = ", ".join([*(result.get("reasons") or []), *_asked(result)])
        faults.append(f"decision {decision} ({why}), expected {expected}")
    if expected == SETTLE and total != amount:
        faults.append(f"amount {total} fen, expected {amount}")
    absent = sorted(set(truth["expected_findings"]) - {*(result.get("findings") or []), *(result.get("reasons") or [])})
    if absent:
        faults.append(f"findings without {', '.join(absent)}: {', '.join(result.get('findings') or []) or 'none'}")
    if expected == WANTING and decision == WANTING and not papers_match(result.get("missing") or [], truth["missing"]):
        faults.append(f"asked for {', '.join(_asked(result))}, expected {', '.join(truth['missing'])}")
    return Score(
        folder=Path(result["folder"]).name, scenario=truth["scenario"], which=truth["set"], expected=expected,
        lane_right=lane == truth["expected_lane"], decision_right=decision == expected,
        amount_right=total == amount if expected == SETTLE else None, wrong_payment=wrong_payment(result, truth), faults=tuple(faults),
    )  # fmt: skip


def wrong_payment(result: Mapping[str, Any], truth: Mapping[str, Any]) -> str:
    """What is wrong with the money, in words; empty when none would be paid wrongly.

    Wrong is a settlement of another amount than the truth's, or any settlement or payment order where the truth settles nothing.
    """
    decision, total, order = result.get("decision"), result.get("total_fen"), result.get("payment")
    expected, amount = truth["expected_decision"], truth["expected_total_fen"]
    ordered = None if order is None else order["amount_fen"]
    if decision != SETTLE and order is None:
        return ""
    if expected != SETTLE:
        return f"settled {total} fen (ordered {ordered}) where the truth says {expected}"
    if total != amount or ordered not in (None, amount):
        return f"settled {total} fen (ordered {ordered}), the truth is {amount}"
    return ""


def papers_match(asked: Sequence[Mapping[str, Any]], missing: Sequence[str]) -> bool:
    """Whether exactly the missing papers were asked for; a paper may be answered by its equal (record or certificate)."""
    open_requests = [set(item["kinds"]) for item in asked]
    for kind in missing:
        wanted = ANSWERED_BY.get(kind, frozenset({kind}))
        found = next((kinds for kinds in open_requests if kinds and kinds <= wanted), None)
        if found is None:
            return False
        open_requests.remove(found)
    return not open_requests


def _asked(result: Mapping[str, Any]) -> list[str]:
    return ["/".join(item["kinds"]) + " " + str(item["problem"]) for item in result.get("missing") or []]
