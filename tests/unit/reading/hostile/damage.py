"""What happens to honest files on the way: cut short, with bits turned over, with pieces missing, doubled or in the wrong order."""

from collections.abc import Callable, Iterator
from functools import partial
from random import Random

Make = Callable[[], bytes]
SHARES = (0.001, 0.03, 0.2, 0.5, 0.8, 0.95, 0.995)


def cut(make: Make, share: float) -> bytes:
    """The first part of a file."""
    data = make()
    return data[: max(1, int(len(data) * share))]


def flipped(make: Make, seed: int, count: int) -> bytes:
    """A file with some bits turned over, anywhere behind its first eight bytes."""
    data, chance = bytearray(make()), Random(seed)
    for _ in range(count):
        data[chance.randrange(8, len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def shuffled(make: Make, seed: int) -> bytes:
    """A file with one piece taken out, one doubled and one filled with zeros or ones."""
    data, chance = make(), Random(seed)
    at = sorted(chance.randrange(8, len(data)) for _ in range(4))
    fill = bytes([chance.choice((0, 255))]) * (at[3] - at[2])
    return data[: at[0]] + data[at[1] : at[2]] + fill + data[at[1] :]


def damaged(name: str, make: Make) -> Iterator[tuple[str, Make]]:
    """A family of damaged files."""
    for share in SHARES:
        yield f"{name} cut at {share}", partial(cut, make, share)
    for seed in range(6):
        yield f"{name} flipped {seed}", partial(flipped, make, seed, 1 << seed)
    for seed in range(3):
        yield f"{name} shuffled {seed}", partial(shuffled, make, seed)
