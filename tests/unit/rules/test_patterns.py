"""What a row's subject stands for: exact keys, prefixes, prefixes with a word; found by look-up, the same as by asking each pattern."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anpei.rules.model import Subject
from anpei.rules.patterns import PatternIndex, pattern_of

TEXTS = ("C0345", "C0345*", "C*", "*", "C*支架*", "*支架*", "C03*架管*", "C0345678*", "*", "A*B*C*", "C*支架")


def named(*keys: str, name: str = "") -> list[str]:
    """The texts that name a subject, by the index."""
    found = PatternIndex(TEXTS).of(Subject("1", keys, name=name))
    return sorted(set(found) & set(TEXTS))


@pytest.mark.parametrize(
    ("keys", "name", "wanted"),
    [
        (("C0345",), "", ["*", "C*", "C0345", "C0345*"]),
        (("C03456",), "冠脉支架", ["*", "*支架*", "C*", "C*支架*", "C0345*"]),
        (("C034",), "支架管", ["*", "*支架*", "C*", "C*支架*", "C03*架管*"]),
        (("D1", "C0345678"), "", ["*", "C*", "C0345*", "C0345678*"]),
        (("支架",), "支架", ["*", "*支架*"]),
        (("A*B*C*",), "", ["*", "A*B*C*"]),
        (("C*支架",), "", ["*", "C*", "C*支架"]),
        ((), "支架", []),
    ],
)
def test_the_index_gives_every_text_that_names_a_subject(keys: tuple[str, ...], name: str, wanted: list[str]) -> None:
    assert named(*keys, name=name) == wanted
    subject = Subject("1", keys, name=name)
    assert sorted({text for text in TEXTS if pattern_of(text).names(subject)}) == wanted


def test_the_keys_come_first_and_nothing_stands_twice() -> None:
    subject = Subject("1", ("C1", "C1"), name="支架支架")
    assert PatternIndex(["C*支架*", "C*"]).of(subject) == ("C1", "C*支架*", "C*")


def test_without_patterns_only_the_keys_are_looked_up() -> None:
    assert PatternIndex(["A", "B"]).of(Subject("1", ("B", "C"))) == ("B", "C")


SHORT = st.text(alphabet="AB*", max_size=5)


@given(texts=st.lists(SHORT, max_size=12), keys=st.lists(SHORT, max_size=3), name=st.text(alphabet="AB", max_size=5))
def test_looking_up_gives_the_same_as_asking_each_pattern(texts: list[str], keys: list[str], name: str) -> None:
    subject = Subject("1", tuple(keys), name=name)
    found = PatternIndex(texts).of(subject)
    assert len(set(found)) == len(found)
    assert {text for text in texts if pattern_of(text).names(subject)} == set(found) & set(texts)
