"""Tables of addresses: how many arrays reach a kernel as one. The kernel makes the arrays again from address, length and type.

Handing arrays to machine code one by one costs about two microseconds each. Whoever makes a table keeps the arrays alive.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic

from anpei.rules.columns import Array
from anpei.rules.compiled.bytecode import SUBJECT_FIELDS
from anpei.rules.compiled.encode import Cases
from anpei.rules.compiled.records import RECORD
from anpei.rules.jit import compiled, door

U1, U2, U4, U8, I4, I8 = (np.dtype(name) for name in ("uint8", "uint16", "uint32", "uint64", "int32", "int64"))
UNIT = 2 * len(SUBJECT_FIELDS)
PENDING = 3
"""Numbers that are kept of a postponed row."""
PRESENT = 64
"""Numbers of 64 bits in which the keys of a case leave a mark."""


class Base(NamedTuple):
    """The columns of a compiled snapshot as the kernel reads them; ``tpl_functions`` are addresses of this process (``predicates``)."""

    key_rows: Array
    row_template: Array
    row_join: Array
    row_args: Array
    row_from: Array
    row_to: Array
    row_id_high: Array
    row_id_low: Array
    arg_value: Array
    arg_known: Array
    text_at: Array
    text_bytes: Array
    text_head: Array
    text_mask: Array
    list_at: Array
    list_text: Array
    tpl_shape: Array
    tpl_grouping: Array
    tpl_shadow: Array
    tpl_active: Array
    tpl_from: Array
    tpl_to: Array
    tpl_window: Array
    tpl_label: Array
    tpl_functions: Array


class Work(NamedTuple):
    """Scratch of one run: the case's (key, subject) pairs sorted by key, where the groups of one key begin, and small arrays.

    ``pending`` holds (template and status, argument, row) of rows whose subjects are judged together with those of other rows; ``unit``
    what predicates see: for the unit, another subject, and several others, the values of SUBJECT_FIELDS, then for each whether it is
    known; ``present`` a bit for each key of the case by its last twelve bits; ``years`` an age in days, a day, and the age in years on it.
    """

    pair_key: Array
    pair_subject: Array
    group_at: Array
    members: Array
    met: Array
    named: Array
    marks: Array
    rows: Array
    pending: Array
    unit: Array
    days: Array
    present: Array
    years: Array


class Room(NamedTuple):
    """Where one run writes: records, rows, members, the counts needed (records, rows, members, pending), considered rows and troubled
    cases."""

    records: Array
    rows: Array
    members: Array
    needed: Array
    considered: Array
    troubled: Array


Table = int
"""Where a table of addresses begins: address and length of each array, one after the other (int64). Machine code gets the address of
the table, not an array: numba would count references to it at each call, which took half of the time."""
Kinds = tuple[np.dtype[Any], ...]
BASE_TYPES: Kinds = (U4, U2, U4, U4, U2, U2, U8, U8, I8, U1, U8, U1, U8, U8, U4, U4, *([I4] * 8), I8)
CASES_TYPES: Kinds = (*([I8] * 13), U1, I8, U8, U1, I8)
WORK_TYPES: Kinds = (I8,) * 13
ROOM_TYPES: Kinds = (I8, I8, I8, I8, I8, U1)


def addresses(arrays: tuple[Array, ...], kinds: Kinds) -> Array:
    """Address and length of each array of a named tuple. Raises TypeError that names the array whose type is not the one wanted."""
    table = []
    for place, found in enumerate(arrays):
        if (found.dtype is not kinds[place] and found.dtype != kinds[place]) or not found.flags.c_contiguous:
            raise TypeError(f"{getattr(arrays, '_fields', range(len(arrays)))[place]} holds {found.dtype}, not {kinds[place]}")
        table += [found.__array_interface__["data"][0], len(found)]
    return np.array(table, dtype=np.int64)


def table_of(cases: Cases) -> Array:
    """The table of cases."""
    return cases.table if len(cases.table) else addresses(cases[:CASES_FIELDS], CASES_TYPES)


def where(table: Array) -> Table:
    """The address of a table."""
    return int(table.__array_interface__["data"][0])


BASE_FIELDS, CASES_FIELDS = len(Base._fields), len(Cases._fields) - 1

# --- the place of each array in its table -----------------------------------------------------------------------------

(
    KEY_ROWS,
    ROW_TEMPLATE,
    ROW_JOIN,
    ROW_ARGS,
    ROW_FROM,
    ROW_TO,
    ROW_ID_HIGH,
    ROW_ID_LOW,
    ARG_VALUE,
    ARG_KNOWN,
    TEXT_AT,
    TEXT_BYTES,
    TEXT_HEAD,
    TEXT_MASK,
    LIST_AT,
    LIST_TEXT,
    TPL_SHAPE,
    TPL_GROUPING,
    TPL_SHADOW,
    TPL_ACTIVE,
    TPL_FROM,
    TPL_TO,
    TPL_WINDOW,
    TPL_LABEL,
    TPL_FUNCTIONS,
) = range(BASE_FIELDS)  # fmt: skip
(
    C_SUBJECT_AT,
    C_KEY_AT,
    C_KEY,
    C_FIRST_KEY,
    C_DAY,
    C_QUANTITY,
    C_AMOUNT,
    C_NAME,
    C_LABEL_AT,
    C_LABEL,
    C_WORDING_AT,
    C_WORDING,
    C_ATTRIBUTE,
    C_KNOWN,
    C_ON,
    C_TEXT_AT,
    C_TEXT_BYTES,
    C_FACTS,
) = range(CASES_FIELDS)  # fmt: skip
(
    W_PAIR_KEY,
    W_PAIR_SUBJECT,
    W_GROUP_AT,
    W_MEMBERS,
    W_MET,
    W_NAMED,
    W_MARKS,
    W_ROWS,
    W_PENDING,
    W_UNIT,
    W_DAYS,
    W_PRESENT,
    W_YEARS,
) = range(13)  # fmt: skip
(
    R_RECORDS,
    R_ROWS,
    R_MEMBERS,
    R_NEEDED,
    R_CONSIDERED,
    R_TROUBLED,
) = range(6)  # fmt: skip


# --- reading and writing through a table ------------------------------------------------------------------------------

_Read = Callable[[Table, int, int], int]
_Write = Callable[[Table, int, int, int], None]

jit = compiled
entry = door("void(int64, int64, boolean, boolean, int64, int64)")
"""The door of a kernel: (base, cases, shadow, counting, work, room)."""


_WORD = ir.IntType(64)


def _entry(builder: Any, table: Any, number: Any) -> Any:
    """A number of a table. Tables do not change during a run, so one look may serve for several."""
    value = builder.load(builder.gep(builder.inttoptr(table, _WORD.as_pointer()), [number]))
    value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


def _place(builder: Any, arguments: Any, bits: int) -> Any:
    """The address of one value: table[2 * field] + index."""
    table, field, index = arguments[:3]
    start = _entry(builder, table, builder.mul(field, field.type(2)))
    return builder.gep(builder.inttoptr(start, ir.IntType(bits).as_pointer()), [index])


def _getter(bits: int, *, signed: bool) -> _Read:
    result = types.int64 if signed or bits < 64 else types.uint64

    def get(_context: Any, _table: Any, _field: Any, _index: Any) -> Any:
        def emit(_: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            value = builder.load(_place(builder, arguments, bits))
            if bits == 64:
                return value
            return builder.sext(value, _WORD) if signed else builder.zext(value, _WORD)

        return result(types.int64, types.int64, types.int64), emit

    return cast(_Read, intrinsic(get))


u1, u2, u4, u8, i4, i8 = (
    _getter(8, signed=False), _getter(16, signed=False), _getter(32, signed=False), _getter(64, signed=False), _getter(32, signed=True),
    _getter(64, signed=True),
)  # fmt: skip


def _putter(bits: int) -> _Write:
    def put(_context: Any, _table: Any, _field: Any, _index: Any, _value: Any) -> Any:
        def emit(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            place = _place(builder, arguments, bits)
            builder.store(arguments[3] if bits == 64 else builder.trunc(arguments[3], ir.IntType(bits)), place)
            return context.get_dummy_value()

        return types.void(types.int64, types.int64, types.int64, types.int64), emit

    return cast(_Write, intrinsic(put))


put_i8, put_u1 = _putter(64), _putter(8)


def _fetching(bits: int) -> Callable[[Table, int, int], None]:
    def fetch(_context: Any, _table: Any, _field: Any, _index: Any) -> Any:
        def emit(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            number = ir.IntType(32)
            place = builder.bitcast(_place(builder, arguments, bits), ir.IntType(8).as_pointer())
            kind = ir.FunctionType(ir.VoidType(), [place.type, number, number, number])
            how = [ir.Constant(number, value) for value in (0, 3, 1)]
            function: Any = cast(Any, get_or_insert_function)(builder.module, kind, "llvm.prefetch.p0")
            builder.call(function, [place, *how])
            return context.get_dummy_value()

        return types.void(types.int64, types.int64, types.int64), emit

    return cast(Callable[[Table, int, int], None], intrinsic(fetch))


fetch_u2, fetch_u4 = _fetching(16), _fetching(32)
"""Let memory bring a value near before it is read: (table, field, index)."""


def _calling() -> Callable[..., int]:
    kind = ir.FunctionType(_WORD, [_WORD] * 7)

    def call(_context: Any, _address: Any, _base: Any, _cases: Any, _work: Any, _case: Any, _row: Any, _finish: Any, _label: Any) -> Any:
        def emit(_: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return builder.call(builder.inttoptr(arguments[0], kind.as_pointer()), arguments[1:])

        return types.int64(*([types.int64] * 8)), emit

    return cast(Callable[..., int], intrinsic(call))


call_function = _calling()
"""Call one of ``tpl_functions``: (address, base, cases, work, case, row, finish, label)."""


def _measuring() -> Callable[[Table, int], int]:
    def length(_context: Any, _table: Any, _field: Any) -> Any:
        def emit(_: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            table, field = arguments
            return _entry(builder, table, builder.add(builder.mul(field, field.type(2)), field.type(1)))

        return types.int64(types.int64, types.int64), emit

    return cast(Callable[[Table, int], int], intrinsic(length))


length_of = _measuring()
"""The length of an array: (table, field)."""


# --- memory of a run -------------------------------------------------------------------------------------------------


class Sizes(NamedTuple):
    """What scratch must hold: subjects and (key, subject) pairs of a case, rows judged together, rows postponed."""

    subjects: int
    pairs: int
    rows: int
    pending: int


def sizes_for(cases: Cases, *, most_rows: int, pending: int) -> Sizes:
    """The sizes that are enough for every case; ``most_rows``: the most rows that one key has; ``pending``: rows postponed."""
    if len(cases.on) == 1:
        subjects, pairs = len(cases.day), len(cases.key)
        keys = pairs
    else:
        subjects = int(np.diff(cases.subject_at).max(initial=0))
        pairs = int(np.diff(cases.key_at[cases.subject_at]).max(initial=0))
        keys = int(np.diff(cases.key_at).max(initial=0))
    return Sizes(subjects, pairs, max(most_rows * max(keys, 1), pending), pending)


def work_for(sizes: Sizes) -> Work:
    """Scratch of these sizes."""
    subjects, pairs, pending = sizes.subjects + 2, sizes.pairs + 2, sizes.pending
    lengths = (
        pairs,
        pairs,
        pairs,
        subjects,
        max(subjects, pending + 1),
        subjects,
        subjects,
        sizes.rows + 1,
        (pending + 1) * PENDING,
        3 * UNIT,
        subjects,
        PRESENT,
        3,
    )
    return Work(*(np.zeros(length, np.int64) for length in lengths))


def room_for(cases: int, records: int, rows: int, members: int) -> Room:
    """Empty buffers of the given sizes."""
    found, row_places, member_places, needed, considered = (
        np.zeros(size, np.int64) for size in (records * RECORD, rows, members, 4, cases)
    )
    return Room(found, row_places, member_places, needed, considered, np.zeros(cases, np.uint8))
