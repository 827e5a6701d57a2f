"""Every finding code that the code or a rule template can produce has a row in findings.yaml, and docs/decisions.md shows them all."""

import ast
import re
from pathlib import Path

from anpei.claims.audit.model import FindingsTable, Outcome, load_findings
from anpei.claims.benefit import FactsInconsistent, FactsMissing
from anpei.engines.knowledge import shipped_rulebook
from anpei.rules.templates.library import load_templates

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "decisions.md"
ROW = re.compile(r"^\| `([a-z_.]+)` \| (\w+) \| (\w+) \|", re.MULTILINE)


def table() -> FindingsTable:
    """The shipped table."""
    return load_findings(shipped_rulebook())


def codes_in_code() -> set[str]:
    """The literal codes of every ``finding(...)`` and ``Finding(...)`` call, and of the reasons that ``decide`` adds."""
    found: set[str] = set()
    for path in sorted((ROOT / "src" / "anpei" / "claims").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in ("finding", "Finding", "append") and node.args:
                    found |= {n.value for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant) and _is_code(n.value)}
    return found


def _is_code(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[a-z]+\.[a-z_]+", value) is not None


def test_every_code_that_can_be_produced_has_a_row() -> None:
    produced = codes_in_code() | {template.file.finding for template in load_templates(shipped_rulebook()).values()}
    produced |= {FactsMissing.code, FactsInconsistent.code}
    assert len(produced) > 30
    assert produced - set(table().kinds) == set()


def test_the_document_shows_every_row_with_its_outcome_and_lane() -> None:
    shown = {code: (outcome, lane) for code, outcome, lane in ROW.findall(DOCUMENT.read_text(encoding="utf-8"))}
    assert shown == {code: (kind.outcome.value, kind.lane.value) for code, kind in table().kinds.items()}


def test_exclusion_waiting_cover_and_identity_findings_are_always_for_a_person() -> None:
    for code, kind in table().kinds.items():
        if code.startswith(("exclusion.", "cover.", "identity.", "hospital.", "rule.", "payee.")):
            assert kind.outcome is Outcome.REFER, code


def test_no_outcome_refuses() -> None:
    assert {outcome.value for outcome in Outcome} == {"settle", "note", "refer", "wanting"}
