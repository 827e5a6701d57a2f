"""Compiling a catalogue: codes, details, what is refused, a disk that is full, columns that do not belong together."""

import errno
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpei.rules.catalogue import kernels
from anpei.rules.catalogue.codes import CodeTable, encoded, write_codes
from anpei.rules.catalogue.compiling import by_region, compile_catalogue
from anpei.rules.catalogue.details import REMEMBERED, DetailWriter
from anpei.rules.catalogue.model import NO_ID, OPEN, WORD_BITS, CatalogueInvalid, Chunk, Extent, day_number, end_number, first_number
from anpei.rules.catalogue.opening import Catalogue, open_catalogue
from anpei.rules.columns import ColumnWriter, open_columns


class Kept:
    """A writer that keeps the columns in memory."""

    def __init__(self) -> None:
        self.pieces: dict[str, list[Any]] = {}

    def append(self, name: str, array: Any) -> None:
        self.pieces.setdefault(name, []).append(array)

    def columns(self) -> dict[str, Any]:
        return {name: np.concatenate(pieces) for name, pieces in self.pieces.items()}


Row = tuple[int, int, int, int, int]


def chunk(*rows: Row, details: Sequence[bytes | None] = ()) -> Chunk:
    own = [place for place, text in enumerate(details) if text is not None]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return Chunk(columns[0], columns[1], columns[2], columns[3], columns[4], own, [text for text in details if text is not None])


def compile_rows(*chunks: Chunk, details: Sequence[bytes] = ()) -> tuple[Catalogue, Extent, dict[str, Any]]:
    kept = Kept()
    regions, items = encoded(["北京", "天津", "河北"]), encoded(["A1", "A2", "B1"])
    extent = compile_catalogue(kept, regions=regions, items=items, chunks=chunks, details=details)  # type: ignore[arg-type]
    columns = kept.columns()
    return open_catalogue(columns), extent, columns


# --- codes -------------------------------------------------------------------------------------------------------------


def code_table(codes: Sequence[str]) -> CodeTable:
    kept = Kept()
    write_codes(kept, "x", encoded(codes))  # type: ignore[arg-type]
    return CodeTable(kept.columns(), "x")


def ids(table: CodeTable, codes: Sequence[str]) -> list[list[int]]:
    """The ids by the table of places in Python, by the order of the texts in numpy, and by the table in a compiled loop."""
    asked = table.asked(codes)
    found = np.zeros(len(codes), dtype=np.int64)
    kernels.code_ids(table.words, table.places, np.int64(table.width // 8), asked.view("<u8"), found)
    return [[table.id_of(code) for code in codes], table.ids_of(codes).tolist(), found.tolist()]


@given(
    codes=st.sets(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12), max_size=60),
    others=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=20),
)
def test_every_code_is_found_and_no_other(codes: set[str], others: list[str]) -> None:
    ordered = sorted(codes, key=str.encode)
    table = code_table(ordered)
    asked = [*ordered, *others, *(code + "x" for code in ordered), *(code[:-1] for code in ordered)]
    right = [ordered.index(code) if code in codes else NO_ID for code in asked]
    assert ids(table, asked) == [right] * 3
    assert [table.code(number) for number in range(len(table))] == ordered


def test_many_codes_in_a_table_that_is_nearly_full() -> None:
    codes = [f"X{number:06d}" for number in range(5_461)]
    table = code_table(codes)
    assert (len(table.places), table.width) == (8_192, 8)
    assert ids(table, [codes[0], codes[-1], "X005461", "X00000"]) == [[0, 5_460, NO_ID, NO_ID]] * 3
    assert table.ids_of(codes).tolist() == list(range(5_461))
    assert [table.id_of(code) for code in codes] == list(range(5_461))


@pytest.mark.parametrize("code", ["", "a\0", "x" * 65, "药" * 22])
def test_a_code_that_cannot_be_stored_is_refused(code: str) -> None:
    with pytest.raises(CatalogueInvalid, match="cannot be stored"):
        encoded(["A1", code])


@pytest.mark.parametrize("codes", [["B", "A"], ["A", "A"]])
def test_codes_out_of_order_or_twice_are_refused(codes: list[str]) -> None:
    with pytest.raises(CatalogueInvalid, match=f"the code A of x stands after {codes[0]}"):
        code_table(codes)


# --- rows --------------------------------------------------------------------------------------------------------------


def test_what_was_compiled_is_told() -> None:
    _, extent, columns = compile_rows(chunk((0, 0, 5, 9, 1), (0, 0, 9, OPEN, 2), (0, 2, 5, 9, 1)), chunk((2, 1, 5, 9, 1)))
    assert extent == Extent(regions=3, items=3, entries=4, layers=2, dense_parts=3, sparse_parts=0, own_details=0)
    assert columns["catalogue_heads"].tolist() == [0, 0, 2, 2, 2, 2, 3, 3]
    assert columns["catalogue_slots"].tolist() == [2 << WORD_BITS | 2, 1 << WORD_BITS | 1, 1 << WORD_BITS | 1, 1 << WORD_BITS | 1]


def test_nothing_at_all_makes_an_empty_catalogue() -> None:
    kept = Kept()
    none = encoded([])
    extent = compile_catalogue(kept, regions=none, items=none, chunks=[])  # type: ignore[arg-type]
    catalogue = open_catalogue(kept.columns())
    assert extent == Extent(0, 0, 0, 0, 0, 0, 0)
    assert (len(catalogue), catalogue.slot_on(0, 0, 0), catalogue.entry(region="北京", item="A1", on=date(2026, 1, 1))) == (0, 0, None)
    zero = np.zeros(1, dtype=np.int64)
    assert catalogue.slots_on(region=zero, item=zero, day=zero).tolist() == [0]


def test_a_region_may_come_in_several_chunks_and_a_chunk_hold_several_regions() -> None:
    pieces = [
        chunk((0, 0, 1, 2, 1), details=[b"y"]),
        chunk((0, 1, 1, 2, 1), (1, 0, 1, 2, 1)),
        chunk(),
        chunk((1, 1, 1, 2, 1), details=[b"x"]),
    ]
    assert [(region, rows.item.tolist(), rows.own, rows.details) for region, rows in by_region(pieces)] == [
        (0, [0, 1], [0], [b"y"]),
        (1, [0, 1], [1], [b"x"]),
    ]


WRONG: Mapping[str, tuple[tuple[Row, ...], str]] = {
    "an unknown region": (((3, 0, 1, 2, 0),), "region number 3 is not in the list"),
    "a region again": (((1, 0, 1, 2, 0), (0, 0, 1, 2, 0)), "region number 0 comes after a later one"),
    "an unknown item": (((0, 3, 1, 2, 0),), "the entry for number 3 in 北京 from 1970-01-02 names an item that is not in the list"),
    "an item before": (((0, 1, 1, 2, 0), (0, 0, 1, 2, 0)), "the entry for A1 in 北京 from 1970-01-02 stands after a later item"),
    "a wide word": (((0, 0, 1, 2, 1 << 48),), "has a word of more than 48 bits"),
    "a start that cannot be": (((0, 0, -1, 2, 0),), "from day -1 has days that cannot be stored"),
    "a start that is open": (((0, 0, OPEN - 1, OPEN, 0),), "has days that cannot be stored"),
    "an end beyond open": (((0, 0, 1, OPEN + 1, 0),), "has days that cannot be stored"),
    "an end at the start": (((0, 0, 7, 7, 0),), "ends before it begins"),
    "the same start": (((0, 0, 1, 5, 0), (0, 0, 1, 7, 0)), "stands twice with the same first day"),
    "periods out of order": (((0, 0, 5, 9, 0), (0, 0, 1, 2, 0)), "stands after a later period"),
    "an overlap": (((0, 0, 1, 5, 0), (0, 0, 4, 9, 0)), "from 1970-01-05 begins before the period before it has ended"),
    "two that are open": (((2, 1, 1, OPEN, 0), (2, 1, 4, OPEN, 0)), "the entry for A2 in 河北 from 1970-01-05 begins before"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_rows_that_cannot_be_are_named(name: str) -> None:
    rows, message = WRONG[name]
    with pytest.raises(CatalogueInvalid, match=message):
        compile_rows(chunk(*rows))


def test_arrays_of_different_lengths_are_refused() -> None:
    one, two = np.zeros(1, dtype=np.int64), np.zeros(2, dtype=np.int64)
    with pytest.raises(CatalogueInvalid, match="different lengths"):
        compile_rows(Chunk(one, one, one, two, one))


def test_periods_that_cannot_be_counted_are_refused() -> None:
    kept = Kept()
    count = 65_536
    number = np.arange(count, dtype=np.int64)
    rows = Chunk(np.zeros(count, dtype=np.int64), number, number // 300 + 1, number % 300 + 500, number)
    items = encoded([f"{each:05d}" for each in number])
    with pytest.raises(CatalogueInvalid, match="the region CN has 65536 different periods, 65535 can be stored"):
        compile_catalogue(kept, regions=encoded(["CN"]), items=items, chunks=[rows])  # type: ignore[arg-type]


def test_days_as_numbers() -> None:
    assert (day_number(date(1970, 1, 1)), day_number(date(1969, 12, 31)), first_number(date(1970, 1, 2)), end_number(None)) == (
        0,
        -1,
        1,
        OPEN,
    )
    assert end_number(date(2149, 6, 5)) == 65_534
    for wrong in (date(1969, 12, 31), date(2149, 6, 5)):
        with pytest.raises(CatalogueInvalid, match="cannot begin"):
            first_number(wrong)
    for wrong in (date(1970, 1, 1), date(2149, 6, 6)):
        with pytest.raises(CatalogueInvalid, match="cannot end"):
            end_number(wrong)


# --- details -----------------------------------------------------------------------------------------------------------


def test_a_detail_is_that_of_the_item_unless_the_entry_has_its_own() -> None:
    rows = ((0, 0, 1, 5, 10), (0, 0, 5, OPEN, 11), (0, 1, 1, 5, 12), (1, 0, 1, 5, 13))
    own = [b"old", None, b"", None]
    catalogue, extent, columns = compile_rows(chunk(*rows[:3], details=own[:3]), chunk(rows[3]), details=[b"one", b"two", b"one"])
    found = [
        [entry.detail for entry in catalogue.entries(region=region, item=item)]
        for region, item in (("北京", "A1"), ("北京", "A2"), ("天津", "A1"))
    ]
    assert found == [[b"one", b"old"], [b""], [b"one"]]
    assert (extent.own_details, bytes(columns["catalogue_detail_texts"])) == (2, b"onetwoold")
    assert columns["catalogue_item_details"].tolist() == [1, 2, 1]


def test_details_that_are_not_one_for_each_are_refused() -> None:
    with pytest.raises(CatalogueInvalid, match="2 details for 3 items"):
        compile_rows(details=[b"one", b"two"])
    one = np.zeros(1, dtype=np.int64)
    with pytest.raises(CatalogueInvalid, match="one detail a place"):
        compile_rows(Chunk(one, one, one, one + 1, one, [0], []))


def test_only_so_many_details_are_remembered() -> None:
    kept = Kept()
    writer = DetailWriter(kept)  # type: ignore[arg-type]
    texts = [b"first", *(b"%d" % number for number in range(REMEMBERED)), b"first"]
    writer.of_items(texts, count=len(texts))
    writer.close()
    numbers = kept.columns()["catalogue_item_details"]
    assert (numbers[0], numbers[-1]) == (1, REMEMBERED + 2)


# --- a full disk and foreign columns -------------------------------------------------------------------------------------


def test_a_full_disk_is_told_and_later_chunks_are_not_asked_for(tmp_path: Path) -> None:
    asked = []

    class Full(ColumnWriter):
        def append(self, name: str, array: Any) -> None:
            if name == "catalogue_slots":
                raise OSError(errno.ENOSPC, "No space left on device")
            super().append(name, array)

    def chunks() -> Any:
        for region in range(3):
            asked.append(region)
            yield chunk((region, 0, 1, 2, 3))

    with pytest.raises(OSError, match="No space left") as caught, Full(tmp_path) as writer:
        compile_catalogue(writer, regions=encoded(["1", "2", "3"]), items=encoded(["A"]), chunks=chunks())
    assert (caught.value.errno, asked) == (errno.ENOSPC, [0, 1])


@pytest.mark.parametrize("name", ["heads", "parts", "bits", "ranks", "slots", "periods"])
def test_columns_that_do_not_fit_each_other_are_refused(name: str) -> None:
    _, _, columns = compile_rows(chunk((0, 0, 5, 9, 1), (1, 1, 5, 9, 1)))
    for wrong, message in ((columns[f"catalogue_{name}"][:-1], "does not fit the others"), (np.zeros(3, dtype=np.int8), "of another type")):
        with pytest.raises(CatalogueInvalid, match=message):
            open_catalogue({**columns, f"catalogue_{name}": wrong})
    with pytest.raises(CatalogueInvalid, match=f"catalogue_{name} are missing"):
        open_catalogue({each: array for each, array in columns.items() if each != f"catalogue_{name}"})


def test_contents_that_lie_lead_nowhere_but_out_of_no_column() -> None:
    _, _, columns = compile_rows(chunk((0, 0, 5, 9, 1), (1, 1, 5, 9, 1)))
    for name, value in (("ranks", 77), ("slots", 0xFFFF << 48), ("slots", 5)):
        lying = open_catalogue({**columns, f"catalogue_{name}": np.full_like(columns[f"catalogue_{name}"], value)})
        assert lying.slot_on(1, 1, 6) == 0
        assert int(kernels.slot_on(lying.mapped, 1, 1, 6)) == 0
        row = [np.array([number]) for number in (1, 1, 6)]
        assert lying.slots_on(region=row[0], item=row[1], day=row[2]).tolist() == [0]


def test_columns_on_disk_open_as_they_were_written(tmp_path: Path) -> None:
    with ColumnWriter(tmp_path) as writer:
        compile_catalogue(writer, regions=encoded(["CN"]), items=encoded(["A", "B"]), chunks=[chunk((0, 1, 5, 9, 42))])
        entries = writer.close()
    found = open_catalogue(open_columns(tmp_path, entries)).entry(region="CN", item="B", on=date(1970, 1, 7))
    assert found is not None
    assert found.word == 42
