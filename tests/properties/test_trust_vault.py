"""Properties of the vault: everything comes back, no flipped byte passes, contexts and keys do not mix."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from anpei.kernel.errors import AnpeiError
from anpei.trust.vault import KeyMissing, KeyRing, Vault, VaultBroken

RING = KeyRing.fresh()
VAULT = Vault(RING)
CONTEXTS = st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable())
TEXTS = st.text(max_size=200)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(data=st.binary(max_size=400), context=CONTEXTS)
def test_bytes_come_back(data: bytes, context: str) -> None:
    assert VAULT.open_bytes(VAULT.seal_bytes(data, context=context), context=context) == data


@given(text=TEXTS, context=CONTEXTS)
def test_text_comes_back(text: str, context: str) -> None:
    assert VAULT.open_text(VAULT.seal_text(text, context=context), context=context) == text


@given(data=PLAIN)
def test_plain_data_comes_back(data: object) -> None:
    assert VAULT.open_json(VAULT.seal_json(data, context="x"), context="x") == data


@given(data=st.binary(max_size=60), place=st.integers(min_value=0), flip=st.integers(min_value=1, max_value=255))
def test_no_flipped_byte_passes(data: bytes, place: int, flip: int) -> None:
    blob = bytearray(VAULT.seal_bytes(data, context="x"))
    blob[place % len(blob)] ^= flip
    with pytest.raises(AnpeiError) as caught:
        VAULT.open_bytes(bytes(blob), context="x")
    assert isinstance(caught.value, KeyMissing if 1 <= place % len(blob) <= 4 else VaultBroken)


@given(data=st.binary(max_size=60), cut=st.integers(min_value=1))
def test_no_cut_or_longer_value_passes(data: bytes, cut: int) -> None:
    blob = VAULT.seal_bytes(data, context="x")
    for changed in (blob[: -(cut % len(blob)) or len(blob) - 1], blob + b"\x00"):
        with pytest.raises(VaultBroken):
            VAULT.open_bytes(changed, context="x")


@given(text=TEXTS, first=CONTEXTS, second=CONTEXTS)
def test_contexts_do_not_mix(text: str, first: str, second: str) -> None:
    assume(first != second)
    with pytest.raises(VaultBroken):
        VAULT.open_text(VAULT.seal_text(text, context=first), context=second)
    assert VAULT.blind(text, context=first) != VAULT.blind(text, context=second)


@given(text=TEXTS, rotations=st.integers(min_value=1, max_value=3))
def test_rotation_keeps_values_and_indexes(text: str, rotations: int) -> None:
    ring = RING
    blob = VAULT.seal_text(text, context="x")
    for _ in range(rotations):
        ring = ring.with_new_key()
    rotated = Vault(ring)
    fresh = rotated.rotate(blob, context="x")
    assert rotated.is_current(fresh)
    assert rotated.open_text(blob, context="x") == rotated.open_text(fresh, context="x") == text
    assert rotated.blind(text, context="x") == VAULT.blind(text, context="x")


@given(first=TEXTS, second=TEXTS)
def test_the_blind_index_is_equal_just_for_equal_values(first: str, second: str) -> None:
    assert (VAULT.blind(first, context="x") == VAULT.blind(second, context="x")) is (first == second)


@given(text=TEXTS)
def test_two_seals_of_one_value_differ(text: str) -> None:
    assert VAULT.seal_text(text, context="x") != VAULT.seal_text(text, context="x")


@given(ring=st.builds(KeyRing.fresh))
def test_a_ring_survives_its_text(ring: KeyRing) -> None:
    assert KeyRing.parse(ring.with_new_key().to_text(), name="ring").index_key == ring.index_key
    assert KeyRing.parse(ring.to_text(), name="ring") == ring
