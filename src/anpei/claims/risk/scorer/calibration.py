"""Calibration (校准): from log-odds to a chance that comes true about as often as it says. A rising step line, or a sigmoid."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from anpei.claims.risk.scorer.history import Floats


@dataclass(frozen=True)
class Calibration:
    """``isotonic``: a line through the points (log-odds, chance), level beyond its ends. ``sigmoid``: slope and offset of a logistic."""

    kind: Literal["isotonic", "sigmoid"]
    at: tuple[float, ...]
    chances: tuple[float, ...]

    def chance(self, raw: Floats) -> Floats:
        """The chances of these log-odds."""
        if self.kind == "isotonic":
            return np.interp(raw, self.at, self.chances)
        slope, offset = self.at
        return np.asarray(1 / (1 + np.exp(-np.clip(slope * raw + offset, -500, 500))))

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"kind": self.kind, "at": list(self.at), "chances": list(self.chances)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Calibration":
        """The reverse of to_dict."""
        return cls(data["kind"], tuple(data["at"]), tuple(data["chances"]))


def fit_calibration(raw: Floats, outcome: npt.NDArray[np.int8], *, isotonic: bool) -> Calibration:
    """Fit on rows that the trees have not seen."""
    if isotonic:
        from sklearn.isotonic import IsotonicRegression

        line = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(raw, outcome)
        return Calibration("isotonic", tuple(map(float, line.X_thresholds_)), tuple(map(float, line.y_thresholds_)))
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e6, max_iter=1000).fit(raw.reshape(-1, 1), outcome)
    return Calibration("sigmoid", (float(model.coef_[0, 0]), float(model.intercept_[0])), ())
