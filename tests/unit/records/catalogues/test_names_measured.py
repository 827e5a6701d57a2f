"""How well bill wordings find their items, on the names of the published rules: real names, disturbed as bills disturb them.

Runs where the development data are. What counts: a wrong item is worse than none; names that the catalogue does not have must find
nothing.
"""

import csv
import os
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from anpei.records.catalogues._search import ItemSearch
from anpei.records.catalogues.model import CatalogueItem
from anpei.records.names import plain_name

FOLDER = Path(os.environ.get("ANPEI_DEV_DATA", Path(__file__).resolve().parents[5] / "shared" / "data"))
DAY = date(2026, 1, 1)
NAME_COLUMNS = ("药品通用名", "项目名称", "诊疗名称")
ALIKE = (
    "己已 末未 土士 日目 氯氢 氟氯 胶股 囊襄 射时 注往 颗棵 粒拉 测侧 定走 检捡 查杳 术木 除徐 切功 管官 性住 动劲 脉肪 肾贤 腺线 膜模 "
    "请清 血皿 索素 苷甘 维椎"
)
MISREAD = {one: other for pair in ALIKE.split() for one, other in (pair, pair[::-1])}
STRENGTHS = (" 0.25g*24粒", "10mg×7片/盒", " 100ml:0.9g", "5ml*6支", "（0.5g）", " 250ml/瓶")
ASKS_A_PERSON_BELOW = 9_000
BRACKETS = ("(国产)", "（甲）", "(进口)", "[乙类]", "（自费）")

pytestmark = pytest.mark.skipif(
    not (FOLDER / "nhsa_rules").is_dir(), reason="the development data are not here (nhsa_rules): set ANPEI_DEV_DATA to run this"
)


@pytest.fixture(scope="module")
def names() -> list[str]:
    files = [*sorted((FOLDER / "nhsa_rules").glob("*.csv")), FOLDER / "medimodel_dict" / "规则_诊疗限制.csv"]
    found: dict[str, None] = {}
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                found.update({row[column].strip(): None for column in NAME_COLUMNS if row.get(column)})
    return list(found)


def catalogue(names: Sequence[str]) -> tuple[ItemSearch, Mapping[str, str]]:
    """A search over names of which no two are treated alike, and the plain name of each code."""
    items = [
        CatalogueItem("CN", f"C{number:06d}", name, "", "", "ABC"[number % 3], number, "", None, True, date(2000, 1, 1), None)
        for number, name in enumerate(names)
    ]
    return ItemSearch(items), {item.code: plain_name(item.name) for item in items}


def misread(name: str, chance: random.Random) -> str:
    places = [place for place, sign in enumerate(name) if sign in MISREAD]
    place = chance.choice(places) if places else -1
    return name if place < 0 else name[:place] + MISREAD[name[place]] + name[place + 1 :]


def replaced(name: str, chance: random.Random) -> str:
    place = chance.randrange(len(name))
    return name[:place] + chr(chance.randrange(0x4E00, 0x9FA5)) + name[place + 1 :]


def dropped(name: str, chance: random.Random) -> str:
    place = chance.randrange(len(name))
    return name[:place] + name[place + 1 :]


def doubled(name: str, chance: random.Random) -> str:
    place = chance.randrange(len(name))
    return name[:place] + name[place] + name[place:]


def exchanged(name: str, chance: random.Random) -> str:
    place = chance.randrange(max(1, len(name) - 1))
    return name[:place] + name[place : place + 2][::-1] + name[place + 2 :]


DISTURBED: Mapping[str, tuple[Callable[[str, random.Random], str], int]] = {
    # how, and the least share (in per cent) of wordings that find their item
    "same": (lambda name, _: name, 99),
    "strength": (lambda name, chance: name + chance.choice(STRENGTHS), 99),
    "bracket": (lambda name, chance: name + chance.choice(BRACKETS), 99),
    "mark": (lambda name, chance: chance.choice("★△▲*●") + name, 99),
    "class": (lambda name, chance: chance.choice(("[甲]", "甲类 ", "(乙)", "【自费】")) + name, 99),
    "space": (lambda name, _: f"{name[:2]} {name[2:]}", 99),
    "misread": (misread, 80),
    "misread, with strength": (lambda name, chance: misread(name, chance) + chance.choice(STRENGTHS), 80),
    "replaced": (replaced, 60),
    "two replaced": (lambda name, chance: replaced(replaced(name, chance), chance), 20),
    "doubled": (doubled, 70),
    "exchanged": (exchanged, 60),
    "dropped": (dropped, 45),
    "cut": (lambda name, _: name[:-1], 35),
}


@pytest.mark.parametrize("how", DISTURBED)
def test_wordings_find_their_own_item_or_none(names: list[str], how: str) -> None:
    disturb, least = DISTURBED[how]
    search, plain = catalogue(names)
    known, chance = set(plain.values()), random.Random(20_261_122)
    asked, right, wrong = 0, 0, []
    for name in names:
        wording = disturb(name, chance)
        undisturbed = wording == name and how != "same"
        if undisturbed or (plain_name(wording) in known and plain_name(wording) != plain_name(name)):
            continue  # disturbed into another real name: nobody could tell
        asked += 1
        match = search.find(wording, on=DAY)
        if match is not None and plain[match.code] == plain_name(name):
            right += 1
        elif match is not None:
            wrong.append((wording, name))
    print(f"{how}: asked {asked}, right {right} ({right / asked:.1%}), wrong {len(wrong)}")  # noqa: T201
    assert right * 100 >= least * asked
    assert len(wrong) * 1_000 <= asked, wrong[:5]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_names_that_the_catalogue_does_not_have_find_nothing(names: list[str], seed: int) -> None:
    shuffled = sorted(names)
    random.Random(seed).shuffle(shuffled)
    cut = len(shuffled) * 7 // 10
    search, plain = catalogue(shuffled[:cut])
    asked = [name for name in shuffled[cut:] if plain_name(name) not in set(plain.values())]
    answered = [(name, match) for name in asked if (match := search.find(name, on=DAY)) is not None]
    print(f"seed {seed}: asked {len(asked)}, answered {len(answered)}: {answered}")  # noqa: T201
    assert len(asked) > 700
    assert len(answered) * 100 <= 2 * len(asked), answered
    assert sum(match.score_bp >= ASKS_A_PERSON_BELOW for _, match in answered) * 200 <= len(asked), answered
