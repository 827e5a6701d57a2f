"""Tables of addresses: how many arrays reach a kernel as one. The kernel makes the arrays again from address, length and type.

Handing arrays to machine code one by one costs about two microseconds each. Whoever makes a table keeps the arrays alive.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic

from anpei.rules.columns import Array
from anpei.rules.jit import compiled, door

U1, U2, U4, U8, I4, I8 = (np.dtype(name) for name in ("uint8", "uint16", "uint32", "uint64", "int32", "int64"))
Table = int
"""Where a table of addresses begins: address and length of each array, one after the other (int64). Machine code gets the address of
the table, not an array: numba would count references to it at each call, which took half of the time."""
Kinds = tuple[np.dtype[Any], ...]


def addresses(arrays: tuple[Array, ...], kinds: Kinds) -> Array:
    """Address and length of each array of a named tuple. Raises TypeError that names the array whose type is not the one wanted."""
    table = []
    for place, found in enumerate(arrays):
        if (found.dtype is not kinds[place] and found.dtype != kinds[place]) or not found.flags.c_contiguous:
            raise TypeError(f"{getattr(arrays, '_fields', range(len(arrays)))[place]} holds {found.dtype}, not {kinds[place]}")
        table += [found.__array_interface__["data"][0], len(found)]
    return np.array(table, dtype=np.int64)


def where(table: Array) -> Table:
    """The address of a table."""
    return int(table.__array_interface__["data"][0])


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
