"""Seeded chance: the same seed and the same words always give the same sequence, on every machine."""

from random import Random


def dice(*parts: object) -> Random:
    """A random source of its own for these parts, so that one more draw elsewhere never moves this one."""
    return Random("/".join(str(part) for part in parts))
