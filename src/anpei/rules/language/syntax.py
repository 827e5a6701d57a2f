"""Text to syntax tree. Every node keeps its place, so that an error can name line and column and what would be right."""

import re
from dataclasses import dataclass

from anpei.kernel.errors import InvalidInput

MAX_LENGTH = 2_000
MAX_WORDS = 400
MAX_DEPTH = 40
COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")
WORDS = ("and", "or", "not", "in", "true", "false")

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)|(?P<number>\d+(?:\.\d+)?)|(?P<text>\"[^\"\n]*\"|'[^'\n]*')"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)|(?P<sign>==|!=|<=|>=|<|>|\+|-|\*|\(|\)|\[|\]|,|\.)"
)
_ADVICE = {
    "=": "compare with ==",
    "&": "write and",
    "|": "write or",
    "!": "write not",
    "/": "there is no division: multiply the other side",
    '"': "the text is not closed on this line",
    "'": "the text is not closed on this line",
    "（": "use the half-width (",
    "）": "use the half-width )",
    "，": "use the half-width ,",
    "“": 'use the half-width "',
}


class ExpressionError(InvalidInput):
    """An expression is wrong; ``data`` holds line and column (both from 1)."""

    code = "rules.expression_invalid"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands: line and column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Token:
    """One word of the expression; ``kind`` is number, text, name, sign or end."""

    kind: str
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, true or false, or a list of texts."""

    value: int | str | bool | tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Name:
    """A value by name: ``row.age_max``."""

    root: str
    field: str
    place: Place


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple["Node", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    operand: "Node"
    place: Place


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and an operator: and, or, in, a comparison, + - *."""

    operator: str
    left: "Node"
    right: "Node"
    place: Place


Node = Literal | Name | Call | Not | Binary


def fail(place: Place, message: str) -> ExpressionError:
    """The error for a place."""
    return ExpressionError(f"line {place.line}, column {place.column}: {message}", data={"line": place.line, "column": place.column})


def tokens(text: str) -> list[Token]:
    """The words of an expression, closed by an ``end`` token. Raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise fail(Place(1, 1), f"the expression has {len(text)} characters; at most {MAX_LENGTH} are allowed: split the template")
    found: list[Token] = []
    at = 0
    while at < len(text):
        place = _place(text, at)
        match = _TOKEN.match(text, at)
        if match is None:
            advice = _ADVICE.get(text[at], "expected a name such as row.x, a whole number, a text in quotes or an operator")
            raise fail(place, f"unexpected {text[at]!r}: {advice}")
        kind = str(match.lastgroup)
        if kind == "number" and "." in match.group():
            raise fail(place, f"{match.group()} is not a whole number: there are only whole numbers (thousandths, days, fen)")
        if kind != "space":
            found.append(Token(kind, match.group(), place))
        at = match.end()
    if len(found) > MAX_WORDS:
        raise fail(found[MAX_WORDS].place, f"the expression has {len(found)} words; at most {MAX_WORDS} are allowed: split the template")
    found.append(Token("end", "", _place(text, len(text))))
    return found


def _place(text: str, at: int) -> Place:
    line = text.count("\n", 0, at)
    return Place(line + 1, at - (text.rfind("\n", 0, at) + 1) + 1)


def parse(text: str) -> Node:
    """The tree of an expression. Raises ExpressionError."""
    parser = _Parser(tokens(text))
    node = parser.either()
    parser.end()
    return node


class _Parser:
    """Recursive descent, one method per level of binding: or, and, not, comparison, sum, product, operand."""

    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._at = 0
        self._depth = 0

    @property
    def _now(self) -> Token:
        return self._words[self._at]

    def _take(self, *texts: str) -> Token | None:
        """The next word if it is one of these signs or keywords (never a quoted text)."""
        word = self._now
        if word.kind in ("sign", "name") and word.text in texts:
            self._at += 1
            return word
        return None

    def _expect(self, text: str, why: str) -> None:
        if self._take(text) is None:
            raise fail(self._now.place, f"expected {text!r} {why}, found {self._now.text or 'the end'!r}")

    def end(self) -> None:
        """Nothing may follow."""
        if self._now.kind != "end":
            raise fail(self._now.place, f"unexpected {self._now.text!r}: join two conditions with and / or")

    def either(self) -> Node:
        """``a or b``."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise fail(self._now.place, f"nested deeper than {MAX_DEPTH} levels: split the template")
        node = self._both()
        while (word := self._take("or")) is not None:
            node = Binary("or", node, self._both(), word.place)
        self._depth -= 1
        return node

    def _both(self) -> Node:
        node = self._negated()
        while (word := self._take("and")) is not None:
            node = Binary("and", node, self._negated(), word.place)
        return node

    def _negated(self) -> Node:
        words = []
        while (word := self._take("not")) is not None:
            words.append(word)
        node = self._comparison()
        return Not(node, words[0].place) if len(words) % 2 else node

    def _comparison(self) -> Node:
        left = self._sum()
        if (word := self._take("not")) is not None:
            self._expect("in", "after not")
            return Not(Binary("in", left, self._sum(), word.place), word.place)
        word = self._take("in", *COMPARISONS)
        if word is None:
            return left
        node = Binary(word.text, left, self._sum(), word.place)
        if self._now.kind == "sign" and self._now.text in COMPARISONS:
            raise fail(self._now.place, "comparisons are not chained: write a < b and b < c")
        return node

    def _sum(self) -> Node:
        node = self._product()
        while (word := self._take("+", "-")) is not None:
            node = Binary(word.text, node, self._product(), word.place)
        return node

    def _product(self) -> Node:
        node = self._operand()
        while (word := self._take("*")) is not None:
            node = Binary("*", node, self._operand(), word.place)
        return node

    def _operand(self) -> Node:
        word = self._now
        self._at += 1
        if word.kind == "number":
            return Literal(int(word.text), word.place)
        if word.kind == "text":
            return Literal(word.text[1:-1], word.place)
        if word.text in ("true", "false"):
            return Literal(word.text == "true", word.place)
        if word.text == "-" and self._now.kind == "number":
            return Literal(-int(self._take_number()), word.place)
        if word.text == "(":
            node = self.either()
            self._expect(")", "to close the bracket")
            return node
        if word.text == "[":
            return self._texts(word)
        if word.kind == "name" and word.text not in WORDS:
            return self._named(word)
        self._at -= 1
        found = word.text or "the end"
        raise fail(word.place, f"expected a value here (a name such as row.x, a number, a text in quotes), found {found!r}")

    def _take_number(self) -> str:
        self._at += 1
        return self._words[self._at - 1].text

    def _texts(self, opening: Token) -> Node:
        found: list[str] = []
        while self._now.kind == "text":
            found.append(self._now.text[1:-1])
            self._at += 1
            if self._take(",") is None:
                break
        self._expect("]", "to close the list of texts")
        if not found:
            raise fail(opening.place, "the list is empty: nothing can be in it")
        return Literal(tuple(found), opening.place)

    def _named(self, word: Token) -> Node:
        if self._take(".") is not None:
            field = self._now
            if field.kind != "name":
                raise fail(field.place, f"expected a name after {word.text!r} and the dot")
            self._at += 1
            return Name(word.text, field.text, word.place)
        if self._take("(") is not None:
            arguments = [self.either()]
            while self._take(",") is not None:
                arguments.append(self.either())
            self._expect(")", f"to close {word.text}(...)")
            return Call(word.text, tuple(arguments), word.place)
        advice = "use has(...) to ask whether a value is known" if word.text in ("None", "null") else "write row.x, fact.x or subject.x"
        raise fail(word.place, f"{word.text!r} alone means nothing: {advice}")
