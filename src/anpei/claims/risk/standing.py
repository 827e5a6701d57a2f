"""The model in use (在用模型): a pointer that a person sets, followed by long-lived processes. Without one nothing is scored.

Layout of the root folder: one folder a model (its id), and the text file ``current`` with the id in use.
"""

import os
from pathlib import Path

import structlog

from anpei.claims.risk.scorer.artefact import Model, ModelDamaged, ModelNewer, ModelUnknown, load_model
from anpei.claims.risk.signals import CATEGORY, NUMERIC
from anpei.kernel import ids
from anpei.kernel.errors import InvalidInput

log = structlog.get_logger()
POINTER = "current"


class ModelUnsuitable(InvalidInput):
    """The model needs a feature that a live claim does not tell; ``data["features"]`` names them."""

    code = "risk.model_unsuitable"


class CurrentModel:
    """The model in use of a root folder; loaded once, and again when the pointer moves."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._held: Model | None = None

    @property
    def wanted(self) -> str | None:
        """The id that the pointer names; None when no model is in use."""
        try:
            return (self.root / POINTER).read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def get(self) -> Model | None:
        """The model in use. Raises ModelUnknown, ModelDamaged, ModelNewer."""
        wanted = self.wanted
        if wanted is None:
            return None
        if self._held is None or self._held.id != wanted:
            self._held = load_model(self.root, wanted)
        return self._held

    def get_or_refused(self) -> tuple[str | None, Model | None]:
        """The id in use, and the model unless it cannot be read; then the log says why, and nobody may take a case as scored."""
        wanted = self.wanted
        try:
            return wanted, self.get()
        except (ModelUnknown, ModelDamaged, ModelNewer) as error:
            log.error("risk.not_scored", model=wanted, code=error.code, file=error.data.get("file"))
            return wanted, None


def check_suitable(model: Model) -> None:
    """Raise ModelUnsuitable unless a live claim tells every feature of the model in the same form."""
    numbers = [part.column for part in model.mapping.numeric if part.column not in NUMERIC]
    words = [part.column for part in model.mapping.category if part.column not in CATEGORY]
    if missing := sorted(numbers + words):
        raise ModelUnsuitable(
            f"a live claim does not tell {', '.join(missing)}: train with the columns of `anpei risk signals`, named alike",
            data={"model": model.id, "features": ",".join(missing)},
        )


def set_current(root: Path, *, model_id: str | None) -> None:
    """Move the pointer by an atomic rename; None takes the model out of use."""
    if model_id is None:
        (root / POINTER).unlink(missing_ok=True)
        return
    working = root / f".{POINTER}-{ids.new_id()}"
    with working.open("w", encoding="utf-8") as stream:
        stream.write(f"{model_id}\n")
        stream.flush()
        os.fsync(stream.fileno())
    working.replace(root / POINTER)


def list_models(root: Path) -> list[str]:
    """The ids of the models that lie there."""
    return sorted(path.name for path in root.glob("risk-*") if path.is_dir()) if root.is_dir() else []
