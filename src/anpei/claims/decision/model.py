"""The four decisions. That only a person refuses or reduces by judgement is a property of these types (个人信息保护法 24)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anpei.kernel.errors import AnpeiError, Forbidden, InvalidInput
from anpei.trust.signing import PersonSignature, person_signature_holds

ZERO_CAUSES = frozenset({"deductible", "limit"})


class DecisionInvalid(AnpeiError):
    """A decision contradicts itself: lines that do not sum, or a zero that neither deductible nor limit explains."""

    code = "decision.invalid"


class SignatureMissing(Forbidden):
    """A refusal or reduction is not signed by a person over exactly this statement."""

    code = "decision.signature_missing"


class ReasonsMissing(InvalidInput):
    """A refusal or reduction needs reasons in plain words and the clause it stands on (保险法 24)."""

    code = "decision.reasons_missing"


@dataclass(frozen=True, slots=True)
class PaidLine:
    """One line of a decision in fen: what was claimed, what is paid."""

    line_id: str
    coverage: str
    claimed_fen: int
    payable_fen: int

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"line_id": self.line_id, "coverage": self.coverage, "claimed_fen": self.claimed_fen, "payable_fen": self.payable_fen}


def _check_lines(lines: tuple[PaidLine, ...], total_fen: int) -> None:
    if sum(line.payable_fen for line in lines) != total_fen or any(line.payable_fen < 0 for line in lines):
        raise DecisionInvalid(f"the lines sum to {sum(line.payable_fen for line in lines)} fen, the total says {total_fen}")


@dataclass(frozen=True, slots=True)
class Settle:
    """Pay what follows by arithmetic. A total of zero only when the deductible or an exhausted limit alone causes it."""

    lines: tuple[PaidLine, ...]
    total_fen: int
    zero_cause: str | None = None

    def __post_init__(self) -> None:
        _check_lines(self.lines, self.total_fen)
        if self.total_fen == 0 and self.zero_cause not in ZERO_CAUSES:
            raise DecisionInvalid(
                f"a settlement of zero needs the deductible or a limit as its only cause, not {self.zero_cause!r}: refer it"
            )
        if self.total_fen != 0 and self.zero_cause is not None:
            raise DecisionInvalid("a settlement above zero has no cause of zero")

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "decision": "settle", "total_fen": self.total_fen, "zero_cause": self.zero_cause,
            "lines": [line.to_dict() for line in self.lines],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refer:
    """A person looks at it: the finding codes that ask for one. Refuses nothing and reduces nothing."""

    reasons: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.reasons:
            raise DecisionInvalid("a referral names at least one reason")

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"decision": "refer", "reasons": list(self.reasons)}


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why a person refuses or reduces: the clause in its words, the fact it met, and the reason in plain Chinese."""

    codes: tuple[str, ...]
    clause: str
    fact: str
    reason_zh: str

    def __post_init__(self) -> None:
        for name in ("clause", "fact", "reason_zh"):
            if not getattr(self, name).strip():
                raise ReasonsMissing(
                    f"{name} is empty: name the clause, the fact it met and the reason in plain words", data={"field": name}
                )

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"codes": list(self.codes), "clause": self.clause, "fact": self.fact, "reason_zh": self.reason_zh}


def _check_signature(signature: PersonSignature, statement: Mapping[str, Any], trusted_key: str) -> None:
    if not isinstance(signature, PersonSignature) or not person_signature_holds(signature, statement, trusted_key):
        raise SignatureMissing("no person signed exactly this: a handler must sign in and decide")


@dataclass(frozen=True, slots=True)
class Refuse:
    """A refusal (拒赔). Only a person's signature over the statement constructs it."""

    claim_id: str
    round: int
    grounds: Grounds
    signature: PersonSignature
    trusted_key: str

    def __post_init__(self) -> None:
        _check_signature(
            self.signature, refusal_statement(claim_id=self.claim_id, round=self.round, grounds=self.grounds), self.trusted_key
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain data with the signature."""
        return {"decision": "refuse", "grounds": self.grounds.to_dict(), "signature": self.signature.as_data()}


@dataclass(frozen=True, slots=True)
class Reduce:
    """A reduction by judgement (核减): a settlement below the arithmetic amount. Only a person's signature constructs it."""

    claim_id: str
    round: int
    lines: tuple[PaidLine, ...]
    total_fen: int
    grounds: Grounds
    signature: PersonSignature
    trusted_key: str

    def __post_init__(self) -> None:
        _check_lines(self.lines, self.total_fen)
        statement = reduction_statement(claim_id=self.claim_id, round=self.round, lines=self.lines, grounds=self.grounds)
        _check_signature(self.signature, statement, self.trusted_key)

    def to_dict(self) -> dict[str, Any]:
        """Plain data with the signature."""
        return {
            "decision": "reduce", "total_fen": self.total_fen, "lines": [line.to_dict() for line in self.lines],
            "grounds": self.grounds.to_dict(), "signature": self.signature.as_data(),
        }  # fmt: skip


Decision = Settle | Refer | Refuse | Reduce


def refusal_statement(*, claim_id: str, round: int, grounds: Grounds) -> dict[str, Any]:
    """What the person signs when refusing."""
    return {"statement": "anpei.refuse/1", "claim_id": claim_id, "round": round, "grounds": grounds.to_dict()}


def reduction_statement(*, claim_id: str, round: int, lines: tuple[PaidLine, ...], grounds: Grounds) -> dict[str, Any]:
    """What the person signs when reducing."""
    return {
        "statement": "anpei.reduce/1", "claim_id": claim_id, "round": round, "lines": [line.to_dict() for line in lines],
        "grounds": grounds.to_dict(),
    }  # fmt: skip


def settlement_statement(*, claim_id: str, round: int, assessment_digest: str) -> dict[str, Any]:
    """What the person signs when settling a referred claim at the arithmetic amount."""
    return {"statement": "anpei.settle/1", "claim_id": claim_id, "round": round, "assessment": assessment_digest}
