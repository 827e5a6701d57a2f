"""Names of diseases: exactly one of its names, or the nearest to choose from, or nothing; never a guess."""

import pytest

from anpei.claims.what_if.names import load_diseases
from anpei.engines.knowledge import shipped_rulebook

DISEASES = load_diseases(shipped_rulebook())


@pytest.mark.parametrize(("name", "code"), [("感冒", "J00"), ("急性 阑尾炎", "K35.8"), ("甲亢", "E05"), ("崴脚", "S93")])
def test_names_that_people_use(name: str, code: str) -> None:
    found = DISEASES.find(name)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize("name", ["急性阑尾", "肺", "", "月球病"])
def test_a_name_that_is_not_exactly_known_is_not_taken(name: str) -> None:
    assert DISEASES.find(name) is None


def test_the_nearest_are_offered_each_once() -> None:
    assert DISEASES.offers("急性阑尾")[0] == "急性阑尾炎"
    offered = DISEASES.offers("支气管发炎")
    assert "急性支气管炎" in offered
    assert len(set(offered)) == len(offered) <= 3


def test_no_match_is_an_answer() -> None:
    assert DISEASES.offers("zzz") == ()
    assert DISEASES.offers("") == ()
