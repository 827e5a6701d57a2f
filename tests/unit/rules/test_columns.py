"""Columns: written in chunks, mapped again; whatever is not as the entries say is named."""

from pathlib import Path

import numpy as np
import pytest

from anpei.rules.columns import ColumnWriter, open_columns, stamp_of, verify_columns
from anpei.rules.damage import SnapshotDamaged


def written(folder: Path) -> dict[str, dict[str, object]]:
    with ColumnWriter(folder) as writer:
        for start in range(0, 100_000, 30_000):
            writer.append("numbers", np.arange(start, min(start + 30_000, 100_000), dtype=np.uint32))
        writer.append("codes", np.array([b"A1", b"B22"], dtype="S3"))
        writer.append("nothing", np.zeros(0, np.int64))
        return writer.close()


def test_columns_come_back_as_they_were_and_cannot_be_written(tmp_path: Path) -> None:
    entries = written(tmp_path)
    columns = open_columns(tmp_path, entries)
    verify_columns(tmp_path, entries)
    assert (columns["numbers"] == np.arange(100_000)).all()
    assert columns["codes"].tolist() == [b"A1", b"B22"]
    assert (len(columns["nothing"]), columns["nothing"].dtype) == (0, np.int64)
    assert entries["numbers"]["length"] == 100_000
    assert np.load(tmp_path / "numbers.npy")[99_999] == 99_999
    with pytest.raises(ValueError, match="read-only"):
        columns["numbers"][0] = 1


def test_the_hash_is_of_the_content_not_of_the_chunks(tmp_path: Path) -> None:
    entries = written(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    with ColumnWriter(other) as writer:
        writer.append("numbers", np.arange(100_000, dtype=np.uint32))
        assert writer.close()["numbers"] == entries["numbers"]


def test_a_column_keeps_its_type_and_its_one_dimension(tmp_path: Path) -> None:
    with ColumnWriter(tmp_path) as writer:
        writer.append("a", np.zeros(2, np.uint16))
        with pytest.raises(ValueError, match="holds uint16, not uint32"):
            writer.append("a", np.zeros(2, np.uint32))
        with pytest.raises(ValueError, match="one dimension"):
            writer.append("b", np.zeros((2, 2), np.uint16))


@pytest.mark.parametrize("harm", ["shorter", "longer", "other type", "no header", "gone"])
def test_a_damaged_column_is_named_when_it_is_opened(tmp_path: Path, harm: str) -> None:
    entries = written(tmp_path)
    path = tmp_path / "numbers.npy"
    data = path.read_bytes()
    if harm == "gone":
        path.unlink()
    elif harm == "other type":
        np.save(path, np.arange(100_000, dtype=np.int32))
    else:
        path.write_bytes({"shorter": data[:-1], "longer": data + b"x", "no header": data[200:]}[harm])
    with pytest.raises(SnapshotDamaged) as caught:
        open_columns(tmp_path, entries)
    assert caught.value.data["file"] == "numbers.npy"


def test_one_changed_bit_is_found_by_reading_all_and_by_the_stamp(tmp_path: Path) -> None:
    entries = written(tmp_path)
    before = stamp_of(tmp_path, entries)
    assert stamp_of(tmp_path, entries) == before
    path = tmp_path / "numbers.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    open_columns(tmp_path, entries)
    with pytest.raises(SnapshotDamaged, match=r"numbers\.npy has another content"):
        verify_columns(tmp_path, entries)
    assert stamp_of(tmp_path, entries) != before
