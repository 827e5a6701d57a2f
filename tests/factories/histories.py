"""Made histories for scorers, with a known way in which the outcome comes about."""

import csv
import math
import random
from datetime import date, timedelta
from pathlib import Path

from anpei.claims.risk.scorer.mapping import HistoryMapping

FIRST = date(2024, 1, 1)
COLUMNS = ("no", "reported", "amount", "days", "hospital", "gender", "noise", "result")


def mapping(**changes: object) -> HistoryMapping:
    """The mapping of a made history."""
    data: dict[str, object] = {
        "schema_version": 1, "outcome": {"column": "result", "positive": ["Y"], "negative": ["N"]}, "time": "reported", "id": "no",
        "numeric": [{"column": "amount", "zh": "金额", "en": "amount"}, {"column": "days"}, {"column": "noise"}],
        "category": [{"column": "hospital", "zh": "医院", "en": "hospital"}], "groups": ["gender"],
    }  # fmt: skip
    return HistoryMapping.model_validate(data | changes)


def rows(count: int, *, seed: int = 1, first: date = FIRST, hospitals: str = "ABCDEFGH") -> list[list[str]]:
    """Rows over 700 days: large amounts, early losses and the hospital C raise the chance; noise and gender do nothing."""
    dice = random.Random(seed)
    found = []
    for number in range(count):
        day = first + timedelta(days=number * 700 // count)
        amount, days, hospital = math.exp(dice.gauss(7, 1)), dice.randrange(365), dice.choice(hospitals)
        odds = -3.0 + 1.2 * (math.log(amount) - 7) + (2.0 if days < 30 else 0) + (1.6 if hospital == "C" else 0)
        outcome = "Y" if dice.random() < 1 / (1 + math.exp(-odds)) else "N"
        told = "" if dice.random() < 0.05 else f"{amount:.2f}"
        found.append([f"c{number}", day.isoformat(), told, str(days), hospital, dice.choice("MF"), f"{dice.gauss(0, 1):.4f}", outcome])
    return found


def write(path: Path, told: list[list[str]], *, encoding: str = "utf-8", columns: tuple[str, ...] = COLUMNS) -> Path:
    """A CSV file of rows."""
    with path.open("w", encoding=encoding, newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns)
        writer.writerows(told)
    return path
