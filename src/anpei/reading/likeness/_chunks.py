"""Finding near hashes without looking at all of them: multi-index hashing with thresholds chosen for each query.

A hash of 256 bits is cut into chunks. Two hashes that differ in at most R bits cannot be far apart in every chunk: whatever
thresholds t are given to the chunks, if the sum of (t + 1) is R + 1 then some chunk differs in at most its t bits (pigeonhole).
So it is enough to look at the buckets around the query's chunks. Where t is larger, more buckets are looked at; how many rows lie
in them is known before any row is touched, so thresholds go where buckets are empty. Exact, however the hashes are distributed.

Sources: Norouzi, Punjani, Fleet, "Fast Exact Search in Hamming Space with Multi-Index Hashing" (2014); Qin et al., "GPH:
Similarity Search in Hamming Space" (2018), of which the choice of thresholds is a greedy form.
"""

import heapq
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

BITS = 256
WORDS = 4
RINGS = 4
"""Buckets are looked at up to this many bits minus one away from the query's own."""

Words = npt.NDArray[np.uint64]
"""Hashes, one a row: four words of 64 bits."""

Numbers = npt.NDArray[np.int64]
Order = npt.NDArray[np.uint8]
Table = npt.NDArray[np.uint32]


def words_of(image_hash: str) -> Words:
    """A hash of 64 hex digits as four words. The order of words and bits does not matter to distances, only that it is one."""
    return np.frombuffer(bytes.fromhex(image_hash), dtype=np.uint64)


def hex_of(words: Words) -> str:
    """The inverse of ``words_of``."""
    return words.tobytes().hex()


def distances(rows: Words, query: Words) -> npt.NDArray[np.uint32]:
    """In how many bits each row differs from the query."""
    return counted(rows ^ query)


def counted(differences: Words) -> npt.NDArray[np.uint32]:
    """How many bits are set in each row."""
    counts = np.bitwise_count(differences).view(np.uint32).ravel()
    pairs = (counts & np.uint32(0x00FF00FF)) + ((counts >> np.uint32(8)) & np.uint32(0x00FF00FF))
    return np.asarray((pairs + (pairs >> np.uint32(16))) & np.uint32(0xFFFF), dtype=np.uint32)


def widths_of(chunks: int) -> tuple[int, ...]:
    """How many bits each of so many chunks has."""
    base, more = divmod(BITS, chunks)
    return tuple(base + (index < more) for index in range(chunks))


def keys_of(rows: Words, order: Order, chunks: int) -> Table:
    """The key of each row in each chunk, (chunks, rows); ``order`` says which bit stands at which place."""
    bits = np.unpackbits(np.ascontiguousarray(rows).view(np.uint8).reshape(len(rows), BITS // 8), axis=1)[:, order]
    keys = np.zeros((chunks, len(rows)), dtype=np.uint32)
    start = 0
    for index, width in enumerate(widths_of(chunks)):
        packed = np.packbits(bits[:, start : start + width], axis=1, bitorder="little")
        for place in range(packed.shape[1]):
            keys[index] |= packed[:, place].astype(np.uint32) << np.uint32(8 * place)
        start += width
    return keys


@dataclass(frozen=True, slots=True)
class Probes:
    """Which buckets lie around any key: ``masks`` to turn a key into theirs, ring by ring and within a ring chunk by chunk;
    ``chunk`` of each mask, and where each (ring, chunk) begins and ends among them; ``base`` where a chunk's buckets begin."""

    masks: Table
    chunk: Numbers
    starts: Numbers
    ends: Numbers
    base: Numbers


@cache
def probes_of(chunks: int) -> Probes:
    """The probes of so many chunks."""
    widths = widths_of(chunks)
    parts = [(index, _ring(width, bits)) for bits in range(RINGS) for index, width in enumerate(widths)]
    ends = np.cumsum([len(masks) for _, masks in parts])
    sizes = np.array([0, *((1 << width) + 1 for width in widths)])
    chunk = np.concatenate([np.full(len(masks), index) for index, masks in parts])
    return Probes(
        masks=np.concatenate([masks for _, masks in parts]),
        chunk=chunk,
        starts=np.concatenate([[0], ends[:-1]]),
        ends=ends,
        base=np.cumsum(sizes)[:-1][chunk],
    )


def _ring(width: int, bits: int) -> Table:
    return np.array([sum(1 << place for place in places) for places in combinations(range(width), bits)], dtype=np.uint32)


def buckets(rows: Words, order: Order, chunks: int) -> tuple[Table, Table]:
    """The rows sorted into the buckets of each chunk: where each bucket begins (chunk after chunk, each with its end), and the row
    numbers in the order of buckets (chunks, rows)."""
    block = 100_000
    keys = np.concatenate([keys_of(rows[at : at + block], order, chunks) for at in range(0, len(rows), block)], axis=1)
    begins = []
    for index, width in enumerate(widths_of(chunks)):
        begin = np.zeros((1 << width) + 1, dtype=np.uint32)
        np.cumsum(np.bincount(keys[index], minlength=1 << width), out=begin[1:])
        begins.append(begin)
    rows_in_order = np.stack([np.argsort(keys[index], kind="stable").astype(np.uint32) for index in range(chunks)])
    return np.concatenate(begins), rows_in_order


def reach(chunks: int) -> int:
    """The largest distance for which buckets suffice."""
    return chunks * RINGS - 1


def candidates(query: Words, within: int, *, order: Order, chunks: int, begins: Table, members: Table, most: int) -> Numbers | None:
    """Row numbers among which every row within the distance is (some twice), or None when more than ``most`` would have to be looked
    at: then looking at all is cheaper. ``within`` is at most ``reach(chunks)``."""
    probes = probes_of(chunks)
    keys = keys_of(query.reshape(1, WORDS), order, chunks)[:, 0]
    bucket = probes.base + (probes.masks ^ keys[probes.chunk])
    first = begins[bucket].astype(np.int64)
    count = begins[bucket + 1] - first
    chosen = _chosen(np.add.reduceat(count, probes.starts).reshape(RINGS, chunks), within)
    parts = [slice(probes.starts[place], probes.ends[place]) for place in chosen]
    first = np.concatenate([first[part] + probes.chunk[part] * members.shape[1] for part in parts])
    count = np.concatenate([count[part] for part in parts])
    filled = count > 0
    first, count = first[filled], count[filled]
    ends = np.cumsum(count)
    total = int(ends[-1]) if len(ends) else 0
    if total > most:
        return None
    places = np.arange(total) + np.repeat(first - (ends - count), count)
    return np.asarray(members.reshape(-1)[places], dtype=np.int64)


def _chosen(cost: Numbers, within: int) -> list[int]:
    """The (ring, chunk) pairs to look at, numbered as in Probes: within + 1 of them, rings of a chunk from the inside out, each time
    the one that adds the fewest rows."""
    chunks = cost.shape[1]
    waiting = [(int(cost[0, chunk]), 0, chunk) for chunk in range(chunks)]
    heapq.heapify(waiting)
    chosen = []
    for _ in range(within + 1):
        _, ring, chunk = heapq.heappop(waiting)
        chosen.append(ring * chunks + chunk)
        if ring + 1 < RINGS:
            heapq.heappush(waiting, (int(cost[ring + 1, chunk]), ring + 1, chunk))
    return chosen
