"""Predicates as machine code of their own: LLVM makes one function from the instructions of each expression, in some milliseconds.

A function goes through rows of one template and stops at the first whose result is not false:
``(base, cases, work, case, row, finish, label) -> place of the row * 4 + result``, and ``finish * 4`` when every row is false. What
does not depend on the row is worked out once, before the rows. Nothing is skipped and nothing is stored: the three-valued logic of
``language.expression`` is arithmetic on (value, known) pairs. Functions are made once a process for each set of templates.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import llvmlite.binding as llvm  # type: ignore[import-untyped]
import numpy as np
from llvmlite import ir

from anpei.rules.columns import Array
from anpei.rules.compiled import tables
from anpei.rules.compiled.bytecode import SUBJECT_FIELDS, Op
from anpei.rules.compiled.kernel_expressions import OPEN, TROUBLE, ask_text, ask_years
from anpei.rules.compiled.program import row_slots
from anpei.rules.templates.template import Template

PARTS = ("", "undated_", "lack_")
"""The expressions of a template; the addresses of its functions stand in this order."""
FIELDS = len(SUBJECT_FIELDS)
_WORD, _BIT, _FLOAT = ir.IntType(64), ir.IntType(1), ir.DoubleType()
_TYPE = ir.FunctionType(_WORD, [_WORD] * 7)
_LARGE = 1 << 62
_COMPARE = {Op.EQUAL: "==", Op.UNEQUAL: "!=", Op.LESS: "<", Op.LESS_EQUAL: "<=", Op.GREATER: ">", Op.GREATER_EQUAL: ">="}
_VIEWS = {Op.SUBJECT: 0, Op.OTHER: 2 * FIELDS, Op.OTHERS: 4 * FIELDS}
_SURE = frozenset(SUBJECT_FIELDS.index(name) for name in ("quantity", "lines", "kinds"))
"""Values of units and others that are always known."""
_made: dict[str, "_Code"] = {}


def functions_of(columns: Mapping[str, Array], templates: Sequence[Template]) -> Array:
    """The addresses of the functions of all templates, three each (``PARTS``), 0 where a template has no such expression."""
    surely = [tuple(not one.optional for one in _parameters(template)) for template in templates]
    names = ("code_op", "code_arg", *(f"tpl_{part}{end}" for part in PARTS for end in ("start", "end")))
    content = [columns[name].tobytes() for name in names]
    name = hashlib.sha256(b"\x00".join([*content, repr(surely).encode()])).hexdigest()
    if name not in _made:
        _made[name] = _make(columns, surely)
    return _made[name].addresses


def _parameters(template: Template) -> list[Any]:
    by_name = {parameter.name: parameter for parameter in template.file.parameters}
    return [by_name[name] for name in row_slots(template)]


@dataclass(frozen=True, slots=True)
class _Code:
    """Machine code; it lives as long as its engine."""

    engine: Any
    addresses: Array


def _make(columns: Mapping[str, Array], surely: Sequence[tuple[bool, ...]]) -> _Code:
    module = ir.Module()
    wanted: list[str] = []
    for number, sure in enumerate(surely):
        for part in PARTS:
            start, end = int(columns[f"tpl_{part}start"][number]), int(columns[f"tpl_{part}end"][number])
            code = [(Op(int(columns["code_op"][place])), int(columns["code_arg"][place])) for place in range(start, end)]
            wanted.append(_Function(module, f"t{number}_{part}", sure).emit(code) if code else "")
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2, jit=True
    )
    parsed = llvm.parse_assembly(str(module))
    parsed.verify()
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=2))
    builder.getModulePassManager().run(parsed, builder)
    engine = llvm.create_mcjit_compiler(parsed, machine)
    engine.finalize_object()
    return _Code(engine, np.array([engine.get_function_address(name) if name else 0 for name in wanted], dtype=np.int64))


@dataclass(frozen=True, slots=True)
class _Value:
    """What stands on the stack: a number, whether it is known, and whether either depends on the row."""

    number: Any
    known: Any
    varies: bool


class _Function:
    """One function being written. ``before`` writes what comes before the rows, ``within`` what is done for each."""

    def __init__(self, module: Any, name: str, sure: tuple[bool, ...]) -> None:
        self._function, self._sure = ir.Function(module, _TYPE, name), sure
        self._base, self._cases, self._work, self._case, self._first, self._finish, self._label = self._function.args
        self._blocks = {part: self._function.append_basic_block(part) for part in ("before", "head", "within", "next", "found", "none")}
        self._before, self._within = ir.IRBuilder(self._blocks["before"]), ir.IRBuilder(self._blocks["within"])
        self._troubles: list[Any] = []
        self._args: Any = None

    def emit(self, code: Sequence[tuple[Op, int]]) -> str:
        """Write the function; its name."""
        head = ir.IRBuilder(self._blocks["head"])
        row = head.phi(_WORD)
        head.cbranch(head.icmp_signed("<", row, self._finish), self._blocks["within"], self._blocks["none"])
        self._args = self._item(self._within, self._column(self._base, tables.ROW_ARGS, 32), row, 32)
        result = self._result(self._run(code))
        self._before.branch(self._blocks["head"])
        self._within.cbranch(self._within.icmp_signed("!=", result, _number(0)), self._blocks["found"], self._blocks["next"])
        last = ir.IRBuilder(self._blocks["next"])
        following = last.add(row, _number(1))
        last.branch(self._blocks["head"])
        row.add_incoming(self._first, self._blocks["before"])
        row.add_incoming(following, self._blocks["next"])
        found = ir.IRBuilder(self._blocks["found"])
        found.ret(found.add(found.mul(row, _number(4)), result))
        none = ir.IRBuilder(self._blocks["none"])
        none.ret(none.mul(self._finish, _number(4)))
        return str(self._function.name)

    def _result(self, value: _Value) -> Any:
        """0 false, 1 true, 2 unknown, 3 a number that grew too large."""
        within = self._within
        told = within.zext(within.icmp_signed("!=", value.number, _number(0)), _WORD)
        result = within.select(value.known, told, _number(OPEN))
        for trouble in self._troubles:
            result = within.select(trouble, _number(TROUBLE), result)
        return result

    def _run(self, code: Sequence[tuple[Op, int]]) -> _Value:
        stack: list[_Value] = []
        for operation, argument in code:
            if operation <= Op.LABEL:
                stack.append(self._loaded(operation, argument))
            elif operation in (Op.NOT, Op.HAS, Op.YEARS, Op.UNITS):
                stack.append(self._one(operation, stack.pop()))
            elif operation not in (Op.SKIP_FALSE, Op.SKIP_TRUE):
                right, left = stack.pop(), stack.pop()
                stack.append(self._two(operation, left, right))
        return stack[0]

    # --- values ----------------------------------------------------------------------------------------------------

    def _column(self, table: Any, field: int, bits: int) -> Any:
        """Where an array of a table begins."""
        addresses = self._before.inttoptr(table, _WORD.as_pointer())
        start = self._before.load(self._before.gep(addresses, [_number(2 * field)]))
        return self._before.inttoptr(start, ir.IntType(bits).as_pointer())

    @staticmethod
    def _item(builder: Any, column: Any, place: Any, bits: int) -> Any:
        value = builder.load(builder.gep(column, [place]))
        return value if bits == 64 else builder.zext(value, _WORD)

    def _flag(self, builder: Any, column: Any, place: Any, bits: int) -> Any:
        return builder.icmp_signed("!=", self._item(builder, column, place, bits), _number(0))

    def _loaded(self, operation: Op, argument: int) -> _Value:
        before, within = self._before, self._within
        if operation == Op.ROW:
            place = within.add(self._args, _number(argument))
            number = self._item(within, self._column(self._base, tables.ARG_VALUE, 64), place, 64)
            known = _YES if self._sure[argument] else self._flag(within, self._column(self._base, tables.ARG_KNOWN, 8), place, 8)
            return _Value(number, known, True)
        if operation == Op.FACT:
            facts = self._item(before, self._column(self._cases, tables.C_FACTS, 64), _number(0), 64)
            place = before.add(before.mul(self._case, facts), _number(argument))
            number = self._item(before, self._column(self._cases, tables.C_ATTRIBUTE, 64), place, 64)
            return _Value(number, self._flag(before, self._column(self._cases, tables.C_KNOWN, 8), place, 8), False)
        if operation in _VIEWS:
            unit, at = self._column(self._work, tables.W_UNIT, 64), _VIEWS[operation] + argument
            known = _YES if argument in _SURE else self._flag(before, unit, _number(at + FIELDS), 64)
            return _Value(self._item(before, unit, _number(at), 64), known, False)
        return _Value(self._label if operation == Op.LABEL else _number(argument), _YES, False)

    # --- operations ------------------------------------------------------------------------------------------------

    def _one(self, operation: Op, value: _Value) -> _Value:
        builder = self._within if value.varies else self._before
        number, known = value.number, value.known
        if operation == Op.NOT:
            return _Value(builder.sub(_number(1), number), known, value.varies)
        if operation == Op.HAS:
            return _Value(builder.zext(known, _WORD), _YES, value.varies)
        if operation == Op.UNITS:
            return self._product(builder, _Value(number, known, value.varies), _Value(_number(1000), _YES, value.varies))
        on = self._item(builder, self._column(self._cases, tables.C_ON, 64), self._case, 64)
        years = _call(builder, ask_years.address, [self._work, number, on])
        return _Value(years, builder.and_(known, builder.icmp_signed(">=", years, _number(0))), value.varies)

    def _two(self, operation: Op, left: _Value, right: _Value) -> _Value:
        varies = left.varies or right.varies
        builder = self._within if varies else self._before
        known = builder.and_(left.known, right.known)
        if operation in (Op.AND, Op.OR):
            return self._logic(builder, operation, left, right)
        if operation in _COMPARE:
            return _Value(builder.zext(builder.icmp_signed(_COMPARE[operation], left.number, right.number), _WORD), known, varies)
        if operation == Op.MULTIPLY:
            return self._product(builder, left, right)
        if operation in (Op.ADD, Op.SUBTRACT):
            number = (builder.add if operation == Op.ADD else builder.sub)(left.number, right.number)
            return self._bounded(builder, number, known, varies)
        if operation == Op.DAYS_APART:
            apart = builder.sub(left.number, right.number)
            positive = builder.icmp_signed(">=", apart, _number(0))
            return _Value(builder.select(positive, apart, builder.neg(apart)), known, varies)
        asked = [self._base, self._cases, left.number, right.number, builder.zext(known, _WORD), _number(int(operation))]
        return _Value(_call(builder, ask_text.address, asked), known, varies)

    @staticmethod
    def _logic(builder: Any, operation: Op, left: _Value, right: _Value) -> _Value:
        """Three-valued and, or: what decides wins over unknown."""
        decides = 0 if operation == Op.AND else 1
        one, two = (
            builder.and_(side.known, builder.icmp_signed("==", side.number, _number(decides))) for side in (left, right)
        )  # fmt: skip
        decided = builder.or_(one, two)
        number = builder.select(decided, _number(decides), _number(1 - decides))
        return _Value(number, builder.or_(decided, builder.and_(left.known, right.known)), left.varies or right.varies)

    def _product(self, builder: Any, left: _Value, right: _Value) -> _Value:
        """A product; one that is too large is seen in floating point, where it does not wrap round."""
        number = builder.mul(left.number, right.number)
        rough = builder.fmul(builder.sitofp(left.number, _FLOAT), builder.sitofp(right.number, _FLOAT))
        most, least = ir.Constant(_FLOAT, float(_LARGE)), ir.Constant(_FLOAT, -float(_LARGE))
        large = builder.or_(builder.fcmp_ordered(">=", rough, most), builder.fcmp_ordered("<=", rough, least))
        known = builder.and_(left.known, right.known)
        self._troubles.append(builder.and_(known, large))
        return _Value(number, known, left.varies or right.varies)

    def _bounded(self, builder: Any, number: Any, known: Any, varies: bool) -> _Value:
        high = builder.icmp_signed(">=", number, _number(_LARGE))
        large = builder.or_(high, builder.icmp_signed("<=", number, _number(-_LARGE)))
        self._troubles.append(builder.and_(known, large))
        return _Value(number, known, varies)


def _number(value: int) -> Any:
    return ir.Constant(_WORD, value)


_YES = ir.Constant(_BIT, 1)


def _call(builder: Any, address: int, arguments: Sequence[Any]) -> Any:
    kind = ir.FunctionType(_WORD, [argument.type for argument in arguments])
    return builder.call(builder.inttoptr(_number(address), kind.as_pointer()), arguments)
