"""A model's folder: written whole, never changed, read back to the digit, refused by name when damaged or newer; nothing in it can run."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from anpei.claims.risk.rules import load_risk
from anpei.claims.risk.scorer import training
from anpei.claims.risk.scorer.artefact import FILES, MANIFEST, Model, ModelDamaged, ModelNewer, ModelUnknown, load_model, write_model
from anpei.claims.risk.scorer.history import read_history
from anpei.claims.risk.standing import CurrentModel, ModelUnsuitable, check_suitable, list_models, set_current
from anpei.engines.knowledge import shipped_rulebook
from tests.factories import histories

SETTINGS = load_risk(shipped_rulebook()).training.model_copy(update={"max_trees": 5})


@pytest.fixture
def model(tmp_path: Path) -> Model:
    """A small model."""
    mapping = histories.mapping()
    history = read_history(histories.write(tmp_path / "h.csv", histories.rows(3000)), mapping=mapping)
    made = training.train(history, mapping=mapping, settings=SETTINGS)
    return write_model(
        tmp_path / "models", trained=made, mapping=mapping, settings=SETTINGS, table_sha256="0" * 64, at=datetime(2026, 1, 1, tzinfo=UTC)
    )


def change(path: Path, content: bytes) -> None:
    """Overwrite a file that is there to be read only."""
    path.chmod(0o600)
    path.write_bytes(content)


def test_the_manifest_says_what_the_model_is(model: Model, tmp_path: Path) -> None:
    folder = tmp_path / "models" / model.id
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert sorted(path.name for path in folder.iterdir()) == sorted((*FILES, MANIFEST))
    assert {name: entry["sha256"] for name, entry in manifest["files"].items()} == {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES
    }
    assert manifest["features"] == ["hospital", "amount", "days", "noise"]
    assert manifest["windows"]["learn"]["from"] == "2024-01-01"
    assert set(manifest["libraries"]) == {"numpy", "pyarrow", "python", "scikit-learn"}
    assert all(json.loads((folder / name).read_text(encoding="utf-8")) for name in FILES)
    assert [oct(path.stat().st_mode & 0o777) for path in folder.iterdir()] == ["0o400"] * (len(FILES) + 1)


def test_it_is_read_back_to_the_digit(model: Model, tmp_path: Path) -> None:
    again = load_model(tmp_path / "models", model.id)
    history = read_history(tmp_path / "h.csv", mapping=model.mapping)
    assert np.array_equal(again.chances(history), model.chances(history))
    assert list_models(tmp_path / "models") == [model.id]


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_refused_by_name(model: Model, tmp_path: Path, name: str) -> None:
    path = tmp_path / "models" / model.id / name
    change(path, path.read_bytes() + b" ")
    with pytest.raises(ModelDamaged, match=f"{name} was changed") as error:
        load_model(tmp_path / "models", model.id)
    assert error.value.data == {"model": model.id, "file": name}


def test_a_missing_file_a_changed_manifest_and_a_newer_one_are_refused_by_name(model: Model, tmp_path: Path) -> None:
    root = tmp_path / "models"
    manifest = root / model.id / MANIFEST
    whole = manifest.read_bytes()
    change(manifest, whole.replace(b'"refer_at_bp": ', b'"refer_at_bp": 1'))
    with pytest.raises(ModelDamaged, match=r"manifest.json was changed"):
        load_model(root, model.id)
    change(manifest, whole.replace(b'"format_version": 1', b'"format_version": 2'))
    with pytest.raises(ModelNewer, match=r"manifest.json has the format version 2, this version reads 1"):
        load_model(root, model.id)
    change(manifest, b"[]")
    with pytest.raises(ModelDamaged, match="is no JSON object"):
        load_model(root, model.id)
    change(manifest, whole)
    (root / model.id / "forest.json").unlink()
    with pytest.raises(ModelDamaged, match=r"forest.json cannot be read"):
        load_model(root, model.id)
    for name in ("risk-none", "../models", ".writing"):
        with pytest.raises(ModelUnknown):
            load_model(root, name)


def test_a_pointer_names_the_model_in_use(model: Model, tmp_path: Path) -> None:
    current = CurrentModel(tmp_path / "models")
    assert (current.wanted, current.get()) == (None, None)
    set_current(tmp_path / "models", model_id=model.id)
    found = current.get()
    assert found is not None
    assert found.id == model.id
    change(tmp_path / "models" / model.id / "forest.json", b"{}")
    assert CurrentModel(tmp_path / "models").get_or_refused() == (model.id, None)
    set_current(tmp_path / "models", model_id=None)
    assert current.get_or_refused() == (None, None)


def test_a_model_with_features_that_no_live_claim_tells_is_unsuitable(model: Model) -> None:
    with pytest.raises(ModelUnsuitable, match="does not tell amount, days, noise"):
        check_suitable(model)
