"""Predicates as instructions: a flat list of whole numbers that a kernel runs on a stack of (value, known) pairs.

The specification is ``rules.language.expression``: three-valued and/or, unknown in gives unknown out. Texts are numbers of a text table,
days are ordinals (``date.toordinal``), yes and no are 1 and 0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from anpei.kernel.errors import InvalidInput
from anpei.rules.language.syntax import Binary, Call, Literal, Name, Node, Not, parse

LARGEST = 1 << 40
"""Whole numbers of rows, facts and predicates stay below this, so that a product of two that fits is told from one that does not."""


class Op(IntEnum):
    """One instruction. The first eight put a value on the stack, ``argument`` says which; the others take theirs from it.

    SKIP_FALSE (SKIP_TRUE) passes over the next ``argument`` instructions, the other side of an ``and`` (``or``), when the value on top
    already decides. To take no notice of it gives the same result.
    """

    CONSTANT = 0
    TEXTS = 1
    ROW = 2
    FACT = 3
    SUBJECT = 4
    OTHER = 5
    OTHERS = 6
    LABEL = 7
    NOT = 8
    AND = 9
    OR = 10
    EQUAL = 11
    UNEQUAL = 12
    LESS = 13
    LESS_EQUAL = 14
    GREATER = 15
    GREATER_EQUAL = 16
    IN = 17
    ADD = 18
    SUBTRACT = 19
    MULTIPLY = 20
    HAS = 21
    STARTS = 22
    STARTS_ANY = 23
    YEARS = 24
    UNITS = 25
    DAYS_APART = 26
    CONTAINS = 27
    CONTAINS_ANY = 28
    SKIP_FALSE = 29
    SKIP_TRUE = 30


SUBJECT_FIELDS = ("key", "name", "day", "quantity", "amount", "lines", "kinds", "days", "span")
"""The order of a unit's values in the arrays of the kernels."""
_BINARY = {
    "and": Op.AND, "or": Op.OR, "==": Op.EQUAL, "!=": Op.UNEQUAL, "<": Op.LESS, "<=": Op.LESS_EQUAL, ">": Op.GREATER,
    ">=": Op.GREATER_EQUAL,
    "in": Op.IN, "+": Op.ADD, "-": Op.SUBTRACT, "*": Op.MULTIPLY,
}  # fmt: skip
_CALLS = {"years": Op.YEARS, "units": Op.UNITS, "days_apart": Op.DAYS_APART, "has": Op.HAS}
_TEXT_CALLS = {"starts_with": (Op.STARTS, Op.STARTS_ANY), "contains": (Op.CONTAINS, Op.CONTAINS_ANY)}
_ROOTS = {"subject": Op.SUBJECT, "other": Op.OTHER, "others": Op.OTHERS}


class NotCompiled(InvalidInput):
    """A template or row cannot take the compiled form; the message says what and where."""

    code = "rules.not_compiled"


@dataclass(frozen=True, slots=True)
class Slots:
    """Where names stand in the arrays, and how texts become numbers: ``row`` and ``fact`` by name, ``text`` and ``texts`` intern."""

    row: Mapping[str, int]
    row_types: Mapping[str, str]
    fact: Mapping[str, int]
    text: Callable[[str], int]
    texts: Callable[[tuple[str, ...]], int]


def instructions(text: str, slots: Slots) -> tuple[tuple[int, int], ...]:
    """The instructions of a checked expression as (operation, argument). Raises NotCompiled for numbers that are too large."""
    found: list[tuple[int, int]] = []
    _emit(parse(text), slots, found)
    return tuple(found)


def _emit(node: Node, slots: Slots, out: list[tuple[int, int]]) -> None:
    match node:
        case Literal(value=value):
            out.append(_literal(value, slots))
        case Name(root=root, field=field):
            out.append(_name(root, field, slots))
        case Not(operand=operand):
            _emit(operand, slots, out)
            out.append((Op.NOT, 0))
        case Call(function=function):
            for argument in node.arguments:
                _emit(argument, slots, out)
            one, several = _TEXT_CALLS.get(function) or (_CALLS[function], _CALLS[function])
            out.append((several if _is_list(node.arguments[-1], slots) else one, 0))
        case Binary(operator="and" | "or" as operator):
            _emit(node.left, slots, out)
            right: list[tuple[int, int]] = []
            _emit(node.right, slots, right)
            out.append((Op.SKIP_FALSE if operator == "and" else Op.SKIP_TRUE, len(right) + 1))
            out += [*right, (_BINARY[operator], 0)]
        case Binary(operator=operator):
            _emit(node.left, slots, out)
            _emit(node.right, slots, out)
            out.append((_BINARY[operator], 0))


def _is_list(node: Node, slots: Slots) -> bool:
    match node:
        case Literal(value=value):
            return isinstance(value, tuple)
        case Name(root="row", field=field):
            return slots.row_types[field] == "texts"
        case _:
            return False


def _literal(value: int | str | bool | tuple[str, ...], slots: Slots) -> tuple[int, int]:
    if isinstance(value, tuple):
        return Op.TEXTS, slots.texts(value)
    if isinstance(value, str):
        return Op.CONSTANT, slots.text(value)
    return Op.CONSTANT, bounded(int(value), "a predicate")


def _name(root: str, field: str, slots: Slots) -> tuple[int, int]:
    match root:
        case "row":
            return Op.ROW, slots.row[field]
        case "fact":
            return Op.FACT, slots.fact[field]
        case "label":
            return Op.LABEL, 0
        case _:
            return _ROOTS[root], SUBJECT_FIELDS.index(field)


def bounded(value: int, where: str) -> int:
    """The value, if kernels can hold it. Raises NotCompiled."""
    if not -LARGEST < value < LARGEST:
        raise NotCompiled(f"{where} holds {value}, which is too large: numbers stay below {LARGEST}")
    return value
