"""What judging cannot be faster than: reading the same mapped columns, one key of a case after the other, without judging anything."""

from anpei.rules.compiled.addressing import Table, i8, length_of, u2, u4
from anpei.rules.compiled.tables import C_KEY, KEY_ROWS, ROW_ARGS, ROW_JOIN, ROW_TEMPLATE
from anpei.rules.jit import door


@door("int64(int64, int64)")
def chase(base: Table, cases: Table) -> int:
    """Read template, joined key and arguments' place of every row that names a subject. Where a key's rows stand is asked only when the
    rows of the key before have been read: a chain of memory accesses, as in judging."""
    seen = 0
    for place in range(length_of(cases, C_KEY)):
        key = i8(cases, C_KEY, place) + (seen >> 62)
        for row in range(u4(base, KEY_ROWS, key), u4(base, KEY_ROWS, key + 1)):
            seen ^= u4(base, ROW_ARGS, row) ^ u4(base, ROW_JOIN, row) ^ u2(base, ROW_TEMPLATE, row)
    return seen
