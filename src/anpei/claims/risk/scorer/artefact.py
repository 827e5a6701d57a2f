"""A model as an immutable folder (模型): a manifest that names every file with its SHA-256, and plain JSON; nothing in it can run.

The folder's name is the digest of the manifest, so a changed manifest is noticed too. A folder is written beside its place and renamed
into it whole. Loading refuses, naming the file: what is missing, changed, or of a newer format.
"""

import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from anpei.claims.risk.scorer.calibration import Calibration
from anpei.claims.risk.scorer.encoding import Encoder
from anpei.claims.risk.scorer.forest import Forest
from anpei.claims.risk.scorer.history import Floats, History
from anpei.claims.risk.scorer.mapping import HistoryMapping, mapping_data
from anpei.claims.risk.scorer.training import Trained, TrainingSettings
from anpei.kernel.errors import AnpeiError, NotFound

FORMAT = "anpei.risk-model"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
FILES = ("forest.json", "encoder.json", "calibration.json", "metrics.json", "reference.json")
LIBRARIES = ("numpy", "pyarrow", "scikit-learn")
MOST_REASONS = 5


class ModelDamaged(AnpeiError):
    """A file of a model is missing, changed, or no model; ``data`` names it. Train again, or bring the folder back from a backup."""

    code = "risk.model_damaged"


class ModelNewer(AnpeiError):
    """The model was written by a newer version."""

    code = "risk.model_newer"


class ModelUnknown(NotFound):
    """There is no model of this name."""

    code = "risk.model_unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """What moved a score: the feature, its value as text, and its share in the log-odds (thousandths; above zero: towards a person)."""

    feature: str
    value: str
    share_milli: int

    def to_dict(self) -> dict[str, Any]:
        """Plain data without floats."""
        return {"feature": self.feature, "value": self.value, "share_milli": self.share_milli}


@dataclass(frozen=True, slots=True)
class Score:
    """A chance in basis points, whether it reaches the referral point, and the reasons, the strongest first."""

    score_bp: int
    refers: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Model:
    """A loaded model."""

    id: str
    manifest: Mapping[str, Any]
    mapping: HistoryMapping
    encoder: Encoder
    forest: Forest
    calibration: Calibration
    metrics: Mapping[str, Any]
    reference: Mapping[str, Any]

    @property
    def refer_at_bp(self) -> int:
        """From this chance on (basis points) a case goes to a person."""
        return int(self.manifest["refer_at_bp"])

    def chances(self, history: History) -> Floats:
        """The chances of many rows."""
        return self.calibration.chance(self.forest.raw(self.encoder.matrix(history)))

    def score(self, values: Mapping[str, Any]) -> Score:
        """One case by feature name (a feature that is absent is missing), with its reasons."""
        row = self.encoder.row(values)
        chance = float(self.calibration.chance(self.forest.raw(row))[0])
        score_bp = round(chance * 10_000)
        shares, _ = self.forest.shares(row[0], features=len(self.encoder.features))
        order = sorted(range(len(shares)), key=lambda place: (-abs(shares[place]), place))[:MOST_REASONS]
        names = self.encoder.features
        reasons = tuple(Reason(names[place], _shown(values.get(names[place])), round(float(shares[place]) * 1000)) for place in order)
        return Score(score_bp, score_bp >= self.refer_at_bp, tuple(reason for reason in reasons if reason.share_milli))


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def write_model(
    root: Path, *, trained: Trained, mapping: HistoryMapping, settings: TrainingSettings, table_sha256: str, at: datetime
) -> Model:
    """Write a model folder and load it again. The same training gives another id only through ``at``."""
    documents: dict[str, Any] = {
        "forest.json": trained.forest.to_dict(), "encoder.json": trained.encoder.to_dict(),
        "calibration.json": trained.calibration.to_dict(), "metrics.json": dict(trained.metrics), "reference.json": dict(trained.reference),
    }  # fmt: skip
    contents = {name: json.dumps(document, ensure_ascii=False, sort_keys=True).encode() for name, document in documents.items()}
    manifest = {
        "format": FORMAT, "format_version": FORMAT_VERSION, "trained_at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "mapping": mapping_data(mapping), "settings": settings.model_dump(), "features": list(trained.encoder.features),
        "windows": trained.windows, "refer_at_bp": max(1, round(trained.refer_at * 10_000)), "table_sha256": table_sha256,
        "libraries": {name: version(name) for name in LIBRARIES} | {"python": platform.python_version()},
        "files": {name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)} for name, content in contents.items()},
    }  # fmt: skip
    body = _bytes(manifest)
    model_id = _id(body)
    root.mkdir(parents=True, exist_ok=True)
    working = Path(tempfile.mkdtemp(prefix=".writing-", dir=root))
    try:
        for name, content in (*contents.items(), (MANIFEST, body)):
            _write(working / name, content)
        if not (root / model_id).exists():
            working.rename(root / model_id)
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return load_model(root, model_id)


def load_model(root: Path, model_id: str) -> Model:
    """The model of this id. Raises ModelUnknown, ModelDamaged, ModelNewer."""
    folder = root / model_id
    if "/" in model_id or model_id.startswith(".") or not folder.is_dir():
        raise ModelUnknown(f"there is no model {model_id} in {root.name}: train one, or choose one of the folders there")
    body = _read(folder / MANIFEST)
    manifest = _document(folder / MANIFEST, body)
    if manifest.get("format") != FORMAT:
        raise _damaged(folder / MANIFEST, f"is no manifest of the format {FORMAT}")
    if not isinstance(manifest.get("format_version"), int) or manifest["format_version"] > FORMAT_VERSION:
        raise ModelNewer(
            f"{model_id}/{MANIFEST} has the format version {manifest.get('format_version')}, this version reads {FORMAT_VERSION}: "
            "update, or train again",
            data={"file": MANIFEST},
        )
    if _id(body) != model_id:
        raise _damaged(folder / MANIFEST, "was changed: the folder's name is not its digest")
    if set(manifest["files"]) != set(FILES):
        raise _damaged(folder / MANIFEST, "names other files than a model has")
    found = {name: _checked(folder / name, manifest["files"][name]["sha256"]) for name in FILES}
    return Model(
        id=model_id, manifest=manifest, mapping=HistoryMapping.model_validate(manifest["mapping"]),
        encoder=Encoder.from_dict(found["encoder.json"]), forest=Forest.from_dict(found["forest.json"]),
        calibration=Calibration.from_dict(found["calibration.json"]), metrics=found["metrics.json"], reference=found["reference.json"],
    )  # fmt: skip


def _id(body: bytes) -> str:
    return f"risk-{hashlib.sha256(body).hexdigest()[:16]}"


def _bytes(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    path.chmod(0o400)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(path, f"cannot be read ({error.strerror})") from error


def _document(path: Path, content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except ValueError as error:
        raise _damaged(path, "is no JSON") from error
    if not isinstance(document, dict):
        raise _damaged(path, "is no JSON object")
    return document


def _checked(path: Path, sha256: str) -> dict[str, Any]:
    content = _read(path)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise _damaged(path, "was changed: its SHA-256 is not the one in the manifest")
    return _document(path, content)


def _damaged(path: Path, what: str) -> ModelDamaged:
    return ModelDamaged(
        f"{path.parent.name}/{path.name} {what}: bring the folder back from a backup, or train again",
        data={"model": path.parent.name, "file": path.name},
    )
