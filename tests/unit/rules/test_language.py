"""The closed expression language: what it computes, how it treats the unknown, and what its errors say."""

from datetime import date
from typing import Any

import pytest

from anpei.rules.language import ExpressionError, compile_expression
from anpei.rules.language.expression import whole_years

SCOPE = {
    "row": {"age_max": "int", "most": "quantity", "codes": "texts", "name": "text", "same": "bool"},
    "fact": {"age": "int", "sex": "text", "amount": "quantity", "known": "bool"},
    "subject": {"day": "date", "quantity": "quantity"},
}
ON = date(2025, 6, 30)


def value(text: str, **given: dict[str, Any]) -> Any:
    env = {"row": {}, "fact": {}, "subject": {}, "on": ON, **given}
    return compile_expression(text, scope=SCOPE).run(env)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1 + 2 * 3 == 7", True),
        ("(1 + 2) * 3 == 9", True),
        ("5 - 2 - 1 == 2", True),
        ("-3 < 0", True),
        ("2 - -3 == 5", True),
        ("3 <= 3 and 3 >= 3 and not 3 < 3 and not 3 > 3", True),
        ("3 != 3", False),
        ("'a' in ['a', 'b']", True),
        ("'c' not in ['a', 'b']", True),
        ('not ("a" in ["b"])', True),
        ("not not true", True),
        ("true or false and false", True),
        ("(true or false) and false", False),
        ("starts_with('K25.300', 'K25')", True),
        ("starts_with('K25.300', ['K26', 'K25.3'])", True),
        ("starts_with('J18.900', ['K26', 'K25'])", False),
        ("contains('药物支架', '支架')", True),
        ("contains('支架', '药物支架')", False),
        ("contains('药物支架', ['导管', '支架'])", True),
        ("contains('药物支架', ['导管', '球囊'])", False),
        ("yuan(-105) == '-1.05' and yuan(3300000) == '33000.00'", True),
        ("units(2) == units(1) + units(1)", True),
        ("units(2) * 3 == 3 * units(2)", True),
        ("years(365) == 1", True),
    ],
)
def test_it_computes(text: str, wanted: bool) -> None:
    assert value(text) is wanted


def test_a_quoted_word_is_text_and_never_an_operator() -> None:
    assert value("fact.sex == 'and'", fact={"sex": "and"}) is True


def test_lines_and_spaces_do_not_matter() -> None:
    assert value("fact.age\n  >\trow.age_max", fact={"age": 15}, row={"age_max": 14}) is True


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("fact.age > 3", None),
        ("not fact.age > 3", None),
        ("fact.age > 3 and false", False),
        ("false and fact.age > 3", False),
        ("fact.age > 3 or true", True),
        ("true or fact.age > 3", True),
        ("fact.age > 3 or false", None),
        ("true and fact.age > 3", None),
        ("fact.age + 1 > 3", None),
        ("years(fact.age) > 3", None),
        ("fact.sex in ['M']", None),
        ("starts_with(fact.sex, 'M')", None),
        ("contains(fact.sex, ['M'])", None),
        ("yuan(fact.age) == '1.00'", None),
        ("units(fact.age) > units(1)", None),
        ("has(fact.age)", False),
        ("not has(fact.age)", True),
        ("fact.known", None),
        ("fact.age == fact.age", None),
        ("days_apart(subject.day, subject.day) == 0", None),
    ],
)
def test_the_unknown_is_neither_true_nor_false(text: str, wanted: bool | None) -> None:
    assert value(text) is wanted


def test_known_and_unknown_meet() -> None:
    row: dict[str, Any] = {"age_max": None}
    assert value("has(row.age_max) and fact.age > row.age_max", row=row, fact={"age": 99}) is False


@pytest.mark.parametrize(
    ("born", "on", "wanted"),
    [
        (date(2010, 6, 30), date(2025, 6, 29), 14),
        (date(2010, 6, 30), date(2025, 6, 30), 15),
        (date(2025, 6, 30), date(2025, 6, 30), 0),
        (date(2012, 2, 29), date(2025, 2, 28), 12),
        (date(2012, 2, 29), date(2025, 3, 1), 13),
        (date(2012, 2, 29), date(2024, 2, 29), 12),
        (date(1900, 1, 1), date(2024, 12, 31), 124),
    ],
)
def test_years_are_exact_to_the_birthday(born: date, on: date, wanted: int) -> None:
    assert whole_years(days=(on - born).days, on=on) == wanted


@pytest.mark.parametrize("days", [-1, ON.toordinal(), 800_000, 10**12])
def test_impossible_days_have_no_years(days: int) -> None:
    assert whole_years(days=days, on=ON) is None


def test_the_names_it_reads_are_known() -> None:
    found = compile_expression("fact.age > row.age_max or fact.age < 0", scope=SCOPE)
    assert found.names == (("fact", "age"), ("row", "age_max"))
    assert found.type == "bool"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: expected a value here (a name such as row.x, a number, a text in quotes), found 'the end'"),
        ("fact.age >", "line 1, column 11: expected a value here (a name such as row.x, a number, a text in quotes), found 'the end'"),
        ("fact.age = 3", "line 1, column 10: unexpected '=': compare with =="),
        ("fact.age > 3 && true", "line 1, column 14: unexpected '&': write and"),
        ("!true", "line 1, column 1: unexpected '!': write not"),
        ("fact.age / 2 > 1", "line 1, column 10: unexpected '/': there is no division: multiply the other side"),
        ("fact.age > 1.5", "line 1, column 12: 1.5 is not a whole number: there are only whole numbers (thousandths, days, fen)"),
        ("fact.sex == 'M", 'line 1, column 13: unexpected "\'": the text is not closed on this line'),
        ("fact.age\n> row.age_min", "line 2, column 3: row has no 'age_min': it has age_max, codes, most, name, same"),
        ("person.age > 3", "line 1, column 1: unknown name 'person': here there are fact, row, subject"),
        ("age > 3", "line 1, column 1: 'age' alone means nothing: write row.x, fact.x or subject.x"),
        ("fact.age == None", "line 1, column 13: 'None' alone means nothing: use has(...) to ask whether a value is known"),
        ("1 < 2 < 3", "line 1, column 7: comparisons are not chained: write a < b and b < c"),
        ("fact.age fact.sex", "line 1, column 10: unexpected 'fact': join two conditions with and / or"),
        ("(1 < 2", "line 1, column 7: expected ')' to close the bracket, found 'the end'"),
        ("'a' in []", "line 1, column 8: the list is empty: nothing can be in it"),
        ("'a' in ['a' 'b']", "line 1, column 13: expected ']' to close the list of texts, found \"'b'\""),
        ("'a' not ['a']", "line 1, column 9: expected 'in' after not, found '['"),
        ("fact.sex > 'M'", "line 1, column 10: > needs numbers or dates, found text"),
        ("fact.sex == 3", "line 1, column 10: cannot compare text with int"),
        (
            "subject.quantity > 3",
            "line 1, column 18: cannot compare quantity with int: turn the number into a quantity with units(...)",
        ),
        ("row.most * fact.amount > row.most", "line 1, column 10: * needs whole numbers of one kind, found quantity and quantity"),
        ("fact.sex + 1 == 2", "line 1, column 10: + needs whole numbers of one kind, found text and int"),
        ("fact.age and true", "line 1, column 1: and needs bool, this is int"),
        ("not fact.age", "line 1, column 5: not needs bool, this is int"),
        ("fact.sex in 'M'", "line 1, column 10: in needs a text and a list of texts, found text in text"),
        ("has(3)", "line 1, column 1: has(...) takes a name such as row.x"),
        ("row. == 1", "line 1, column 6: expected a name after 'row' and the dot"),
    ],
)
def test_errors_name_the_place_and_what_would_be_right(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, scope=SCOPE)
    assert caught.value.message == message
    place = message.split(":", maxsplit=1)[0]
    assert place == f"line {caught.value.data['line']}, column {caught.value.data['column']}"


@pytest.mark.parametrize("text", ["__import__('os')", "eval('1')", "open('x')", "row.__class__", "fact.age.real", "lambda: 1", "[1]", "{}"])
def test_there_is_no_way_to_python(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(text, scope=SCOPE)


def test_an_unknown_function_is_answered_with_those_there_are() -> None:
    with pytest.raises(ExpressionError, match=r"there is no function 'len': there are has\(x\), starts_with"):
        compile_expression("len(fact.sex) > 1", scope=SCOPE)


def test_a_predicate_must_be_a_condition() -> None:
    with pytest.raises(ExpressionError, match="line 1, column 10: this is of type int; bool is needed: compare it with something"):
        compile_expression("fact.age + 1", scope=SCOPE, wanted="bool")


def test_deep_texts_are_refused_and_long_negations_are_read() -> None:
    with pytest.raises(ExpressionError, match="nested deeper than 40 levels: split the template"):
        compile_expression("(" * 41 + "true" + ")" * 41, scope=SCOPE)
    assert compile_expression("not " * 300 + "true", scope=SCOPE).run({}) is True


def test_long_chains_of_operators_are_refused_by_length() -> None:
    with pytest.raises(ExpressionError, match="at most 2000"):
        compile_expression(" and ".join(["true"] * 400), scope=SCOPE)
    with pytest.raises(ExpressionError, match="at most 400"):
        compile_expression("1" + "+1" * 900 + " > 1", scope=SCOPE)
    assert compile_expression("1" + "+1" * 190 + " == 191", scope=SCOPE).run({}) is True
