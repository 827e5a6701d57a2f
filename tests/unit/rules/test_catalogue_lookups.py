"""Three ways to look up one catalogue: Python, numpy and compiled, each against a plain dict, with edges of blocks, layers and dates."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anpei.rules.catalogue import kernels
from anpei.rules.catalogue.codes import encoded
from anpei.rules.catalogue.compiling import compile_catalogue
from anpei.rules.catalogue.model import ABSENT, OPEN, WORD_BITS, WORD_MASK, Chunk
from anpei.rules.catalogue.opening import Catalogue, open_catalogue
from anpei.rules.columns import ColumnWriter, open_columns

Rows = Sequence[tuple[int, int, int, int, int]]
"""Region, item, first day, end, word."""


def chunk(rows: Rows) -> Chunk:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return Chunk(columns[0], columns[1], columns[2], columns[3], columns[4])


def compiled(folder: Path, rows: Rows, *, regions: int, items: int, chunks: int = 1) -> Catalogue:
    """A catalogue of regions ``r000`` … and items ``i00000`` …, given in several chunks."""
    cuts = [len(rows) * place // chunks for place in range(chunks + 1)]
    with ColumnWriter(folder) as writer:
        compile_catalogue(
            writer,
            regions=encoded([f"r{number:03d}" for number in range(regions)]),
            items=encoded([f"i{number:05d}" for number in range(items)]),
            chunks=[chunk(rows[start:end]) for start, end in pairwise(cuts)],
        )
        entries = writer.close()
    return open_catalogue(open_columns(folder, entries))


def reference(rows: Rows) -> Mapping[tuple[int, int], list[tuple[int, int, int]]]:
    found: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for region, item, first, end, word in rows:
        found.setdefault((region, item), []).append((first, end, word))
    return found


def answers(catalogue: Catalogue, questions: Sequence[tuple[int, int, int]]) -> list[list[int | None]]:
    """What each way says: the word, or None for absent."""
    region, item, day = np.array(questions, dtype=np.int64).reshape(-1, 3).T.copy()
    batch = np.zeros(len(region), dtype=np.uint64)
    kernels.slots_on(catalogue.mapped, region, item, day, batch)
    ways = [
        [catalogue.slot_on(*question) for question in questions],
        catalogue.slots_on(region=region, item=item, day=day).tolist(),
        batch.tolist(),
        [int(kernels.slot_on(catalogue.mapped, *question)) for question in questions],
    ]
    return [[None if slot == ABSENT else slot & WORD_MASK for slot in way] for way in ways]


def wanted(rows: Rows, questions: Sequence[tuple[int, int, int]]) -> list[int | None]:
    known = reference(rows)
    return [
        next((word for first, end, word in known.get((region, item), ()) if first <= day < end), None) if day < OPEN else None
        for region, item, day in questions
    ]


ITEMS = 1_100
DAYS = st.one_of(st.sampled_from([0, 1, 65_533, 65_534]), st.integers(0, 65_534), st.integers(18_000, 18_010))
WORDS = st.one_of(st.sampled_from([0, 1, WORD_MASK]), st.integers(0, WORD_MASK))
EDGES = [0, 1, 63, 64, 511, 512, 513, 1_023, 1_024, ITEMS - 1]


@st.composite
def catalogues(draw: st.DrawFn) -> tuple[Rows, int]:
    """Rows of three regions: an empty, a sparse and a dense one in any order, some items with several periods."""
    rows: list[tuple[int, int, int, int, int]] = []
    for region, kind in enumerate(draw(st.permutations(["empty", "sparse", "dense"]))):
        if kind == "empty":
            continue
        step = {"sparse": 50, "dense": 3}[kind]
        offset = draw(st.integers(0, step - 1))
        several = {"sparse": 2, "dense": draw(st.sampled_from([2, 60]))}[kind]
        for place, item in enumerate(sorted({*range(offset, ITEMS, step), *draw(st.lists(st.sampled_from(EDGES), max_size=4))})):
            bounds = [place % 7 + 18_000, place % 5 + 18_020]
            if place % several == 0:
                bounds = sorted(draw(st.sets(DAYS, min_size=2, max_size=5)))
            ends = bounds[1:] if draw(st.booleans()) and len(bounds) > 2 else [*bounds[1:], OPEN]
            rows += [
                (region, item, first, end, draw(WORDS) if place < 3 else item * 7 + first)
                for first, end in zip(bounds, ends, strict=False)
                if first < OPEN - 1
            ]
    return rows, draw(st.integers(1, 4))


@settings(max_examples=20)
@given(made=catalogues(), data=st.data())
def test_all_ways_agree_with_a_dict(made: tuple[Rows, int], data: st.DataObject) -> None:
    rows, chunks = made
    with TemporaryDirectory() as folder:
        catalogue = compiled(Path(folder), rows, regions=3, items=ITEMS, chunks=chunks)
        questions = [(region, item, day) for region, item, first, end, _ in rows for day in (first - 1, first, end - 1, end)]
        questions += [
            (region, item, day) for region in (-1, 0, 1, 2, 3) for item in (-1, *EDGES, ITEMS) for day in (-1, 0, 18_003, 65_534, 65_535)
        ]
        questions += data.draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, ITEMS - 1), DAYS), max_size=30))
        right = wanted(rows, questions)
        assert len(catalogue) == len(rows)
        assert answers(catalogue, questions) == [right] * 4


def test_a_word_of_zero_is_an_answer_and_not_absent(tmp_path: Path) -> None:
    catalogue = compiled(tmp_path, [(0, 5, 10, OPEN, 0)], regions=1, items=6)
    assert answers(catalogue, [(0, 5, 9), (0, 5, 10), (0, 5, 65_534), (0, 4, 10)]) == [[None, 0, 0, None]] * 4
    assert catalogue.slot_on(0, 5, 10) == 1 << WORD_BITS


def test_older_periods_lie_in_further_layers_and_gaps_are_absent(tmp_path: Path) -> None:
    rows = [(0, 0, 10, 20, 1), (0, 0, 20, 30, 2), (0, 0, 40, OPEN, 3), (0, 1, 15, 25, 4)]
    catalogue = compiled(tmp_path, rows, regions=1, items=2)
    days = [9, 10, 19, 20, 29, 30, 39, 40, 65_534]
    assert answers(catalogue, [(0, 0, day) for day in days]) == [[None, 1, 1, 2, 2, None, None, 3, 3]] * 4
    assert answers(catalogue, [(0, 1, day) for day in (14, 15, 24, 25)]) == [[None, 4, 4, None]] * 4
    assert [(entry.word, entry.valid_from, entry.valid_to) for entry in catalogue.entries(region="r000", item="i00000")] == [
        (3, date(1970, 2, 10), None), (2, date(1970, 1, 21), date(1970, 1, 31)), (1, date(1970, 1, 11), date(1970, 1, 21)),
    ]  # fmt: skip


def test_a_region_is_a_bitmap_from_17_of_512_items_on(tmp_path: Path) -> None:
    for count, dense in ((16, 0), (17, 1)):
        folder = tmp_path / str(count)
        folder.mkdir()
        catalogue = compiled(folder, [(0, item, 0, OPEN, item) for item in range(count)], regions=1, items=512)
        assert catalogue.mapped.parts.tolist() == [dense, 0, 0, count]
        assert catalogue.items_of(0).tolist() == list(range(count))
        assert answers(catalogue, [(0, item, 0) for item in (0, 15, 16)]) == [[0, 15, 16 if dense else None]] * 4


def test_an_entry_by_codes_on_a_day(tmp_path: Path) -> None:
    catalogue = compiled(tmp_path, [(1, 2, 10, 20, 7), (1, 2, 20, OPEN, 8)], regions=3, items=4)
    on = date(1970, 1, 20)
    found = catalogue.entry(region="r001", item="i00002", on=on)
    assert found is not None
    assert (found.region, found.item, found.word, found.valid_to, found.detail) == ("r001", "i00002", 7, date(1970, 1, 21), b"")
    for region, item, day in (
        ("r000", "i00002", on), ("r001", "i00001", on), ("r009", "i00002", on), ("r001", "x", on), ("r001", "i00002", date(1970, 1, 10)),
    ):  # fmt: skip
        assert catalogue.entry(region=region, item=item, on=day) is None
    assert (catalogue.items_of(0).tolist(), catalogue.items_of(1).tolist()) == ([], [2])


def test_a_function_that_cannot_be_kept_is_compiled_all_the_same() -> None:
    made: dict[str, Any] = {}
    exec("def doubled(number):\n    return number * 2\n", made)
    assert kernels.compiled(made["doubled"])(21) == 42
