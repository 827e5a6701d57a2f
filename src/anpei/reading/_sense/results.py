"""From candidates to readings: checks between fields move confidence, facts of the code square join, and the page gets its fingerprint."""

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence

from anpei.kernel.money import InvalidAmount, Money
from anpei.reading._sense.fields import Candidate
from anpei.reading._sense.schema import Checks, Kind
from anpei.reading.model import Box, FieldReading

AGREE, DISAGREE = 0.7, 0.45
"""What an agreeing check leaves of the doubt, and what a failing one leaves of the confidence."""


def choose(candidates: Mapping[str, Sequence[Candidate]], checks: Checks) -> dict[str, Candidate]:
    """The best candidate of each field; where another candidate of a field makes a check hold, that one."""
    chosen = {name: each[0] for name, each in candidates.items() if each}
    for group in checks.same:
        known = [name for name in group if name in chosen]
        if len(known) < 2 or len({chosen[name].value for name in known}) == 1:
            continue
        for name in known:
            others = {chosen[other].value for other in known if other != name}
            match = next((c for c in candidates[name][1:] if c.value in others and c.score > 0.35 * chosen[name].score), None)
            if match is not None:
                chosen[name] = match
                break
    return chosen


def confidences(chosen: Mapping[str, Candidate], rows: Sequence[Mapping[str, Candidate]], checks: Checks) -> dict[str, float]:
    """The estimated probability of each field's value being right, after the checks."""
    sure = {name: base_confidence(candidate) for name, candidate in chosen.items()}
    for group in checks.same:
        known = [name for name in group if name in chosen]
        if len(known) >= 2:
            _move(sure, known, holds=len({chosen[name].value for name in known}) == 1)
    for total, parts in checks.sums.items():
        known = [name for name in parts if name in chosen]
        if total in chosen and len(known) >= 2:
            amounts = [_fen(chosen[name].value) for name in known]
            _move(sure, [total, *known], holds=sum(amounts) == _fen(chosen[total].value), only_up=len(known) < len(parts))
    if checks.rows and checks.rows in chosen and rows:
        amounts = [_fen(row["amount"].value) for row in rows if "amount" in row]
        _move(sure, [checks.rows], holds=sum(amounts) == _fen(chosen[checks.rows].value), only_up=True)
    for first, second in checks.order:
        if first in chosen and second in chosen and chosen[first].value > chosen[second].value:
            _move(sure, [first, second], holds=False)
    return {name: round(min(0.999, max(0.01, value)), 4) for name, value in sure.items()}


def base_confidence(candidate: Candidate) -> float:
    """Before any check: how well it fits, and how sure its characters are."""
    return float(min(1.0, candidate.fit) ** 0.6 * candidate.sure**0.5)


def _move(sure: dict[str, float], names: Sequence[str], *, holds: bool, only_up: bool = False) -> None:
    for name in names:
        if holds:
            sure[name] = 1 - (1 - sure[name]) * (1 - AGREE)
        elif not only_up:
            sure[name] *= DISAGREE


def _fen(value: str) -> int:
    try:
        return Money.parse(value).fen
    except InvalidAmount:
        return -1


_RECEIPT = re.compile(r"[^,]*,(?P<code>\d{6,12}),(?P<number>\d{6,12}),[^,]*,(?P<on>[^,]*),(?P<amount>[^,]*)(?:,.*)?", re.DOTALL | re.ASCII)
_INVOICE = re.compile(
    r"01,\d{2},(?P<code>\d{10}|\d{12}|),(?P<number>\d{8}|\d{20}),(?P<amount>[^,]*),(?P<on>[^,]*)(?:,.*)?", re.DOTALL | re.ASCII
)


def code_fields(text: str, box: Box | None) -> dict[str, FieldReading]:
    """The facts in a code square; none when it is another code.

    A receipt's: ``01,<code>,<number>,<verification>,<yyyymmdd>,<total>``; an invoice's:
    ``01,<type>,<code>,<number>,<amount>,<yyyymmdd>,<check>,<crc>`` (no code on the fully digital ones).
    """
    tight = ",".join(part.strip() for part in text[:400].split(","))
    match = _RECEIPT.fullmatch(tight) or _INVOICE.fullmatch(tight)
    if match is None:
        return {}
    found = {f"qr_{name}": match[name] for name in ("code", "number") if match[name]}
    try:
        found["qr_on"] = dt.datetime.strptime(match["on"], "%Y%m%d").date().isoformat()  # noqa: DTZ007 - a day, no instant
        found["qr_amount"] = Money.parse(match["amount"]).decimal()
    except (ValueError, InvalidAmount):
        pass
    return {name: FieldReading(value, text[:400], 0.999, box, "qr") for name, value in found.items()}


def fingerprint(kind: Kind | None, fields: Mapping[str, FieldReading], rows: Sequence[Mapping[str, FieldReading]]) -> str:
    """Equal for two pictures of the same paper: from the first of the kind's identities that was read in full, else from its amounts."""
    if kind is None:
        return ""
    for names in kind.identity:
        if all(name in fields and fields[name].confidence >= 0.5 for name in names):
            return _hash(kind.id, [f"{name}={_tight(fields[name].value)}" for name in names])
    amounts = sorted(row["amount"].value for row in rows if "amount" in row)
    days = sorted(field.value for name, field in fields.items() if name.endswith("_on"))
    if len(amounts) >= 2:
        return _hash(kind.id, [*amounts, *days[:1]])
    return ""


def _tight(value: str) -> str:
    return re.sub(r"[\W_]", "", value)


def _hash(kind: str, parts: Sequence[str]) -> str:
    return hashlib.sha256("|".join([kind, *parts]).encode()).hexdigest()[:32]
