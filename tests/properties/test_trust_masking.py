"""Properties of masking: no number survives in any writing, nothing else changes, and masking a sentence twice is masking it once."""

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from anpei.trust.access.masking import mask_card, mask_id_number, mask_name, mask_phone, mask_text
from anpei.trust.access.personal_data import PersonalKind, certain_kind, shipped_finder

WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
CHINESE = st.text(alphabet="我的赔案什么时候能到请问谢谢，。！ ", max_size=20)
FREE = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=120)


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    """Valid by ISO 7064 MOD 11-2, computed the recursive way of the standard."""
    region = draw(st.sampled_from(["110105", "330106", "440524", "513436", "650102"]))
    born = draw(st.dates(min_value=date(1920, 1, 1), max_value=date(2026, 1, 1)))
    body = f"{region}{born:%Y%m%d}{draw(st.integers(min_value=0, max_value=999)):03d}"
    product = 0
    for digit in body:
        product = (product + int(digit)) * 2 % 11
    check = (12 - product) % 11
    return body + ("X" if check == 10 else str(check))


@st.composite
def cards(draw: st.DrawFn) -> str:
    """Valid by Luhn, found by trying the ten digits."""
    body = "62" + draw(st.text(alphabet="0123456789", min_size=13, max_size=16))

    def holds(number: str) -> bool:
        doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number))]
        return sum(value // 10 + value % 10 for value in doubled) % 10 == 0

    return next(body + digit for digit in "0123456789" if holds(body + digit))


def mobiles() -> st.SearchStrategy[str]:
    return st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


def grouped(number: str, sizes: list[int], sign: str) -> str:
    parts, place = [], 0
    for size in sizes:
        parts.append(number[place : place + size])
        place += size
    return sign.join([*parts, number[place:]])


@st.composite
def written(draw: st.DrawFn) -> str:
    """A number as people write it: plain, full width, in groups, or with invisible signs."""
    number, sizes = draw(
        st.one_of(
            st.tuples(identity_numbers(), st.sampled_from([[6, 8], [6, 4, 4], [4, 4, 4, 4]])),
            st.tuples(cards(), st.just([4, 4, 4])),
            st.tuples(mobiles(), st.sampled_from([[3, 4], [3, 3], [4, 3]])),
        )
    )
    way = draw(st.sampled_from(["plain", "wide", "space", "dash", "invisible", "lower"]))
    if way == "wide":
        return number.translate(WIDE)
    if way == "lower":
        return number.lower()
    signs = {"plain": "", "space": " ", "dash": "-", "invisible": "\u200b"}
    return grouped(number, sizes, signs[way])


@given(number=written(), before=CHINESE, after=CHINESE)
def test_a_number_does_not_survive_in_any_writing(number: str, before: str, after: str) -> None:
    text = f"{before}{number}{after}"
    for masked in (mask_text(text), mask_text(text, hide=True)):
        assert number not in masked
        assert masked.startswith(before)
        assert masked.endswith(after)


@given(numbers=st.lists(written(), min_size=2, max_size=5))
def test_several_numbers_are_all_found(numbers: list[str]) -> None:
    masked = mask_text("，".join(numbers), hide=True)
    assert masked.count("[") == len(numbers)
    assert not any(number in masked for number in numbers)


@given(number=written(), before=CHINESE, after=CHINESE)
def test_masking_a_sentence_twice_is_masking_it_once(number: str, before: str, after: str) -> None:
    for hide in (False, True):
        once = mask_text(f"{before}{number}{after}", hide=hide)
        assert mask_text(once, hide=hide) == once


@given(text=FREE, number=written())
def test_findings_are_ordered_and_apart_and_the_rest_stays(text: str, number: str) -> None:
    whole = f"{text}，{number}。{text}"
    found = shipped_finder().find(whole)
    assert found
    assert all(0 <= item.start < item.end <= len(whole) for item in found)
    assert all(left.end <= right.start for left, right in pairwise(found))
    rest, place = "", 0
    for item in found:
        rest += whole[place : item.start] + f"[{item.kind.value}]"
        place = item.end
    assert mask_text(whole, hide=True) == rest + whole[place:]


@given(number=identity_numbers())
def test_an_identity_number_keeps_its_ends_and_length(number: str) -> None:
    assert certain_kind(number) is PersonalKind.IDENTITY
    masked = mask_id_number(number)
    assert (masked[:4], masked[-4:], set(masked[4:-4]), len(masked)) == (number[:4], number[-4:], {"*"}, 18)


@given(number=mobiles())
def test_a_mobile_number_keeps_three_and_four_digits(number: str) -> None:
    assert mask_phone(number) == number[:3] + "****" + number[-4:]


@given(number=cards())
def test_a_card_keeps_four_and_four_digits(number: str) -> None:
    assert certain_kind(number) in (PersonalKind.CARD, PersonalKind.IDENTITY)  # 62 is a province, too
    assert mask_card(number) == f"{number[:4]} **** {number[-4:]}"


@given(name=st.text(max_size=20))
def test_a_name_shows_at_most_its_first_sign(name: str) -> None:
    masked = mask_name(name)
    assert len(masked) <= 3
    assert masked[1:] == "*" * len(masked[1:])
    if len(name.strip()) == 1:
        assert masked == "*"


@given(number=st.text(alphabet="0123456789Xx- ", max_size=24))
def test_no_mask_shows_more_than_eight_signs(number: str) -> None:
    for masked in (mask_id_number(number), mask_phone(number), mask_card(number)):
        assert sum(sign.isalnum() for sign in masked) <= 8
