"""Syntax tree to a checked, compiled expression: types are checked when a template is loaded, so evaluation cannot fail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from operator import add, eq, ge, gt, le, lt, mul, ne, sub
from typing import Any

from anpei.rules.language.syntax import COMPARISONS, Binary, Call, Literal, Name, Node, Not, fail, parse

Environment = Mapping[str, Any]
"""What names stand for: a mapping per root (``row``, ``fact`` ...), and the day of evaluation under ``on``."""

Scope = Mapping[str, Mapping[str, str]]
"""The type of each name: root -> field -> one of int, quantity, text, texts, bool, date."""

TYPES = ("int", "quantity", "text", "texts", "bool", "date")
_FACT_ROOTS = ("fact", "subject", "other", "others")
_Run = Callable[[Environment], Any]
_FUNCTIONS = (
    "has(x), starts_with(text, text or list), contains(text, text or list), years(days), units(number), days_apart(date, date), yuan(fen)"
)


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression: its text, its type, the names it reads, and ``run``. An unknown result is None.

    ``facts`` are those of the names that the facts of a case give, as (root, field, ``root.field``); ``labels`` what it reads of labels;
    ``bare`` the name that it is, if it is nothing but a name.
    """

    text: str
    type: str
    names: tuple[tuple[str, str], ...]
    run: _Run
    facts: tuple[tuple[str, str, str], ...]
    labels: tuple[str, ...]
    bare: tuple[str, str] | None


def compile_expression(text: str, *, scope: Scope, wanted: str | None = None) -> Expression:
    """Parse, check and compile. ``wanted`` is the type it must have. Raises ExpressionError with line and column."""
    tree = parse(text)
    names: dict[tuple[str, str], None] = {}
    kind = _check(tree, scope, names)
    if wanted is not None and kind != wanted:
        raise fail(tree.place, f"this is of type {kind}; {wanted} is needed" + (": compare it with something" if wanted == "bool" else ""))
    facts = tuple((root, field, f"{root}.{field}") for root, field in names if root in _FACT_ROOTS)
    labels = tuple(sorted(field for root, field in names if root == "label"))
    bare = (tree.root, tree.field) if isinstance(tree, Name) else None
    return Expression(text=text, type=kind, names=tuple(names), run=_build(tree), facts=facts, labels=labels, bare=bare)


# --- types ---------------------------------------------------------------------------------------------------------


def _check(node: Node, scope: Scope, names: dict[tuple[str, str], None]) -> str:
    match node:
        case Literal(value=value):
            return _literal_type(value)
        case Name():
            return _check_name(node, scope, names)
        case Not(operand=operand):
            _demand(operand, scope, names, "bool", "not")
            return "bool"
        case Call():
            return _check_call(node, scope, names)
        case Binary(operator=operator) if operator in ("and", "or"):
            _demand(node.left, scope, names, "bool", operator)
            _demand(node.right, scope, names, "bool", operator)
            return "bool"
        case Binary():
            return _check_binary(node, _check(node.left, scope, names), _check(node.right, scope, names))


def _literal_type(value: int | str | bool | tuple[str, ...]) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    return "text" if isinstance(value, str) else "texts"


def _check_name(node: Name, scope: Scope, names: dict[tuple[str, str], None]) -> str:
    if node.root not in scope:
        raise fail(node.place, f"unknown name {node.root!r}: here there are {', '.join(sorted(scope))}")
    fields = scope[node.root]
    if node.field not in fields:
        raise fail(node.place, f"{node.root} has no {node.field!r}: it has {', '.join(sorted(fields)) or 'nothing'}")
    names[node.root, node.field] = None
    return fields[node.field]


def _demand(node: Node, scope: Scope, names: dict[tuple[str, str], None], wanted: str, where: str) -> None:
    kind = _check(node, scope, names)
    if kind != wanted:
        raise fail(node.place, f"{where} needs {wanted}, this is {kind}")


def _check_binary(node: Binary, left: str, right: str) -> str:
    operator = node.operator
    if operator == "in":
        if (left, right) != ("text", "texts"):
            raise fail(node.place, f"in needs a text and a list of texts, found {left} in {right}")
        return "bool"
    if operator in COMPARISONS:
        if left != right:
            raise fail(node.place, f"cannot compare {left} with {right}" + _quantity_advice(left, right))
        if operator not in ("==", "!=") and left not in ("int", "quantity", "date"):
            raise fail(node.place, f"{operator} needs numbers or dates, found {left}")
        return "bool"
    if operator == "*" and {left, right} == {"int", "quantity"}:
        return "quantity"
    if left != right or left not in ("int", "quantity") or (operator == "*" and left == "quantity"):
        raise fail(node.place, f"{operator} needs whole numbers of one kind, found {left} and {right}" + _quantity_advice(left, right))
    return left


def _quantity_advice(left: str, right: str) -> str:
    return ": turn the number into a quantity with units(...)" if {left, right} == {"int", "quantity"} else ""


def _check_call(node: Call, scope: Scope, names: dict[tuple[str, str], None]) -> str:
    kinds = tuple(_check(argument, scope, names) for argument in node.arguments)
    signature: dict[str, tuple[tuple[tuple[str, ...], ...], str]] = {
        "has": ((TYPES,), "bool"),
        "starts_with": ((("text",), ("text", "texts")), "bool"),
        "contains": ((("text",), ("text", "texts")), "bool"),
        "years": ((("int",),), "int"),
        "units": ((("int",),), "quantity"),
        "days_apart": ((("date",), ("date",)), "int"),
        "yuan": ((("int",),), "text"),
    }
    if node.function not in signature:
        raise fail(node.place, f"there is no function {node.function!r}: there are {_FUNCTIONS}")
    wanted, result = signature[node.function]
    if len(kinds) != len(wanted) or any(kind not in allowed for kind, allowed in zip(kinds, wanted, strict=True)):
        raise fail(node.place, f"{node.function} does not take ({', '.join(kinds)}): there are {_FUNCTIONS}")
    if node.function == "has" and not isinstance(node.arguments[0], Name):
        raise fail(node.place, "has(...) takes a name such as row.x")
    return result


# --- running -------------------------------------------------------------------------------------------------------


def _build(node: Node) -> _Run:
    match node:
        case Literal(value=value):
            return lambda _: value
        case Name(root=root, field=field):
            return lambda env: env[root].get(field)
        case Not(operand=operand):
            inner = _build(operand)
            return lambda env: None if (value := inner(env)) is None else not value
        case Call():
            return _build_call(node)
        case Binary(operator="and"):
            return _all(_build(node.left), _build(node.right))
        case Binary(operator="or"):
            return _any(_build(node.left), _build(node.right))
        case Binary(left=Name(root=left, field=one), right=Name(root=right, field=two)):
            return _strict_names(_OPERATIONS[node.operator], left, one, right, two)
        case Binary():
            return _strict(_OPERATIONS[node.operator], _build(node.left), _build(node.right))


def _all(left: _Run, right: _Run) -> _Run:
    """Three-valued and: false wins over unknown."""

    def run(env: Environment) -> bool | None:
        first = left(env)
        if first is False:
            return False
        second = right(env)
        if second is False:
            return False
        return None if first is None or second is None else True

    return run


def _any(left: _Run, right: _Run) -> _Run:
    """Three-valued or: true wins over unknown."""

    def run(env: Environment) -> bool | None:
        first = left(env)
        if first is True:
            return True
        second = right(env)
        if second is True:
            return True
        return None if first is None or second is None else False

    return run


def _strict(operation: Callable[[Any, Any], Any], left: _Run, right: _Run) -> _Run:
    """Unknown in, unknown out."""

    def run(env: Environment) -> Any:
        first = left(env)
        if first is None:
            return None
        second = right(env)
        return None if second is None else operation(first, second)

    return run


def _strict_names(operation: Callable[[Any, Any], Any], left: str, one: str, right: str, two: str) -> _Run:
    """``_strict`` of two names: most comparisons are."""

    def run(env: Environment) -> Any:
        first = env[left].get(one)
        if first is None:
            return None
        second = env[right].get(two)
        return None if second is None else operation(first, second)

    return run


_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
    "in": lambda a, b: a in b,
    "+": add,
    "-": sub,
    "*": mul,
}


def _build_call(node: Call) -> _Run:
    runs = [_build(argument) for argument in node.arguments]
    if node.function == "has":
        return lambda env: runs[0](env) is not None
    if node.function == "years":
        return lambda env: None if (days := runs[0](env)) is None else _whole_years(days, env["on"])
    if node.function == "units":
        return lambda env: None if (number := runs[0](env)) is None else number * 1000
    if node.function == "yuan":
        return lambda env: None if (fen := runs[0](env)) is None else yuan_text(fen)
    if node.function == "days_apart":
        return _strict(lambda a, b: abs((a - b).days), runs[0], runs[1])
    if node.function == "contains":
        return _strict(_contains, runs[0], runs[1])
    return _strict(lambda text, prefix: text.startswith(prefix), runs[0], runs[1])


def _contains(text: str, words: str | tuple[str, ...]) -> bool:
    """Whether a text holds a word, or one of several."""
    return words in text if isinstance(words, str) else any(word in text for word in words)


def yuan_text(fen: int) -> str:
    """An amount in fen as yuan with two decimals: -105 -> ``-1.05``."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def whole_years(*, days: int, on: date) -> int | None:
    """Whole calendar years that have passed on ``on`` since the day ``days`` before it; None before the year 1.

    A start on 29 February completes its year on 1 March of a common year.
    """
    return _whole_years(days, on)


@lru_cache(maxsize=65_536)
def _whole_years(days: int, on: date) -> int | None:
    if days < 0 or days >= on.toordinal():
        return None
    start = on - timedelta(days=days)
    return on.year - start.year - ((on.month, on.day) < (start.month, start.day))
