"""The vault: keys from a private file or the environment, sealing bound to its place, rotation, blind index."""

import json
import os
import stat
from pathlib import Path

import pytest

from anpei.trust.vault import (
    KeyMissing,
    KeyRing,
    KeyRingInvalid,
    PrivateFileExists,
    PrivateFileMissing,
    PrivateFileUnsafe,
    Vault,
    VaultBroken,
)

CONTEXT = "parties.name:7"


def test_a_created_key_file_is_private_and_loads_to_the_same_ring(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keys.json"
    ring = KeyRing.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyRing.load(path) == ring
    assert [entry.name for entry in path.parent.iterdir()] == ["keys.json"]


def test_creating_over_an_existing_file_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    ring = KeyRing.create(path)
    with pytest.raises(PrivateFileExists):
        KeyRing.create(path)
    assert KeyRing.load_or_create(path) == ring


def test_creating_works_where_hard_links_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "keys.json"
    ring = KeyRing.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyRing.load(path) == ring
    with pytest.raises(PrivateFileExists):
        KeyRing.create(path)
    assert KeyRing.load(path) == ring


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o666, 0o610])
def test_a_key_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys.json"
    KeyRing.create(path)
    path.chmod(mode)
    with pytest.raises(PrivateFileUnsafe, match=f"mode {mode:04o}.*chmod 600"):
        KeyRing.load(path)


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PrivateFileMissing, match=r"nothing\.json is missing"):
        KeyRing.load(tmp_path / "nothing.json")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    from_file, from_environment = KeyRing.create(path), KeyRing.fresh()
    assert KeyRing.find(path=path, environment={"ANPEI_KEYS": from_environment.to_text()}) == from_environment
    assert KeyRing.find(path=path, environment={}) == from_file
    assert KeyRing.find(path=path, environment={"ANPEI_KEYS": "  "}) == from_file


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"active": "00000000"}, "active key '00000000' is not among"),
        ({"active": 5}, "lacks"),
        ({"keys": []}, "lacks"),
        ({"keys": {"0badc0de": "!"}, "active": "0badc0de"}, "key 0badc0de is no base64"),
        ({"keys": {"0badc0de": "AAAA"}, "active": "0badc0de"}, "key 0badc0de has 3 bytes"),
        ({"index_key": None}, "index_key is no base64"),
        ({"index_key": "AAAA"}, "index key has 3 bytes"),
        ({"format": "other"}, "anpei.keys/1"),
    ],
)
def test_a_spoilt_ring_is_refused_with_its_part(change: dict[str, object], words: str) -> None:
    data = json.loads(KeyRing.fresh().to_text()) | change
    with pytest.raises(KeyRingInvalid, match=words):
        KeyRing.parse(json.dumps(data), name="ring")


def test_a_key_id_of_another_form_is_refused() -> None:
    with pytest.raises(KeyRingInvalid, match="8 hexadecimal digits"):
        KeyRing(active="K1", keys={"K1": bytes(32)}, index_key=bytes(32))


def test_a_ring_and_its_errors_never_show_a_key() -> None:
    ring = KeyRing.fresh()
    secret = next(iter(json.loads(ring.to_text())["keys"].values()))
    shown = repr(ring) + str(ring)
    assert ring.active in shown
    assert secret not in shown
    assert ring.keys[ring.active].hex() not in shown
    with pytest.raises(KeyRingInvalid) as caught:
        KeyRing.parse(ring.to_text()[:-20], name="ring")
    assert secret not in str(caught.value)


def test_values_come_back_in_their_own_form() -> None:
    vault = Vault(KeyRing.fresh())
    assert vault.open_text(vault.seal_text("李 秀 英", context=CONTEXT), context=CONTEXT) == "李 秀 英"
    assert vault.open_bytes(vault.seal_bytes(b"", context=CONTEXT), context=CONTEXT) == b""
    data = {"name": "李", "ages": [1, None, True, 0.5]}
    assert vault.open_json(vault.seal_json(data, context=CONTEXT), context=CONTEXT) == data


def test_the_blob_has_version_key_id_nonce_and_tag() -> None:
    ring = KeyRing.fresh()
    blob = Vault(ring).seal_bytes(b"12345", context=CONTEXT)
    assert blob[0] == 1
    assert blob[1:5].hex() == ring.active
    assert len(blob) == 1 + 4 + 12 + 5 + 16


def test_a_value_does_not_open_in_another_place_and_the_error_holds_no_data() -> None:
    vault = Vault(KeyRing.fresh())
    blob = vault.seal_text("6222020000000000000", context=CONTEXT)
    with pytest.raises(VaultBroken) as caught:
        vault.open_text(blob, context="parties.name:8")
    assert caught.value.code == "trust.vault_broken"
    assert caught.value.data == {"context": "parties.name:8"}
    assert "6222" not in str(caught.value)


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x02" + bytes(40), bytes(40)])
def test_what_is_no_sealed_value_is_broken(blob: bytes) -> None:
    with pytest.raises(VaultBroken):
        Vault(KeyRing.fresh()).open_bytes(blob, context=CONTEXT)


def test_text_and_json_of_another_form_are_broken_without_showing_the_value() -> None:
    vault = Vault(KeyRing.fresh())
    with pytest.raises(VaultBroken) as caught:
        vault.open_json(vault.seal_text("张三", context=CONTEXT), context=CONTEXT)
    assert caught.value.__context__ is None
    with pytest.raises(VaultBroken):
        vault.open_text(vault.seal_bytes(b"\xff\xfe", context=CONTEXT), context=CONTEXT)


def test_an_empty_context_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a context"):
        Vault(KeyRing.fresh()).seal_text("a", context="")


def test_after_a_rotation_old_values_open_and_are_sealed_anew() -> None:
    old = KeyRing.fresh()
    new = old.with_new_key()
    blob = Vault(old).seal_text("张三", context=CONTEXT)
    vault = Vault(new)
    assert not vault.is_current(blob)
    fresh = vault.rotate(blob, context=CONTEXT)
    assert vault.is_current(fresh)
    assert vault.rotate(fresh, context=CONTEXT) is fresh
    only_new = Vault(new.without_key(old.active))
    assert only_new.open_text(fresh, context=CONTEXT) == "张三"
    with pytest.raises(KeyMissing) as caught:
        only_new.open_text(blob, context=CONTEXT)
    assert caught.value.data == {"key_id": old.active}


def test_the_active_key_cannot_be_dropped_and_a_strange_one_is_named() -> None:
    ring = KeyRing.fresh()
    with pytest.raises(KeyRingInvalid, match="is the active one"):
        ring.without_key(ring.active)
    with pytest.raises(KeyMissing):
        ring.without_key("00000000")


def test_a_rotated_ring_takes_the_place_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    ring = KeyRing.create(path).with_new_key()
    ring.store(path)
    assert KeyRing.load(path) == ring
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_blind_index_is_equal_for_equal_values_over_rotation_and_differs_by_context() -> None:
    ring = KeyRing.fresh()
    index = Vault(ring).blind("330106199001011234", context="parties.id_number")
    assert index == Vault(ring.with_new_key()).blind("330106199001011234", context="parties.id_number")
    assert index != Vault(ring).blind("330106199001011234", context="parties.phone")
    assert index != Vault(ring).blind("330106199001011235", context="parties.id_number")
    assert index != Vault(KeyRing.fresh()).blind("330106199001011234", context="parties.id_number")
    assert len(index) == 64
