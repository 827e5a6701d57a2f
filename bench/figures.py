"""A figure and its JSON line."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.conditions import Surroundings


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. ``runs`` are the single values it was made of, in order; ``ratios`` shares of a whole, ``details`` the rest."""

    name: str
    value: float | int | str | None
    unit: str
    runs: Sequence[float] = ()
    ratios: Mapping[str, float] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    def line(self, conditions: Mapping[str, Any]) -> str:
        """The JSON line, as it is printed."""
        data: dict[str, Any] = {"figure": self.name, "value": self.value, "unit": self.unit}
        if self.runs:
            data |= {"runs": len(self.runs), "median": rounded(statistics.median(self.runs)), **spread(self.runs)}
        if self.ratios:
            data["ratios"] = {name: rounded(value) for name, value in self.ratios.items()}
        if self.details:
            data["details"] = dict(self.details)
        return json.dumps(data | {"conditions": dict(conditions)}, ensure_ascii=False)


class Report:
    """Prints figures as they come, each with the conditions since the report was begun."""

    def __init__(self, *, quick: bool) -> None:
        self._surroundings, self._quick = Surroundings(), quick

    def show(self, figure: Figure) -> None:
        """Print one figure."""
        print(figure.line(self._surroundings.told() | {"quick": self._quick}), flush=True)


def median_of(name: str, values: Sequence[float], unit: str, **more: Any) -> Figure:
    """The median of repeated runs."""
    return Figure(name=name, value=rounded(statistics.median(values)) if values else None, unit=unit, runs=tuple(values), **more)


def spread(values: Sequence[float]) -> dict[str, Any]:
    """Least, largest and 95th percentile (by rank; of few runs it is the largest), and the values themselves when they are few."""
    ordered = sorted(values)
    rank = max(0, -(-len(ordered) * 95 // 100) - 1)
    told: dict[str, Any] = {"min": rounded(ordered[0]), "max": rounded(ordered[-1]), "p95": rounded(ordered[rank])}
    return told | ({"values": [rounded(value) for value in values]} if len(values) <= 30 else {})


def rounded(value: float) -> float | int:
    """Four significant digits and never less than whole numbers: what a measurement is good for."""
    if isinstance(value, int) or abs(value) >= 1000:
        return round(value)
    return float(f"{value:.4g}")
