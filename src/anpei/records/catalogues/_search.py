"""The names of a region's items in memory: which item a bill line means when it carries no code.

In this order: the name as it stands; the name without what bills add to names (marks, class, origin, strength); the same of both
sides; the one name that differs by a misprint. A bracket that says neither class nor origin nor strength tells items apart and is
never left out. A difference counts as a misprint only if it makes a pair of signs that no name of the catalogue has.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterable, Sequence
from datetime import date

from rapidfuzz.distance import OSA, Levenshtein
from rapidfuzz.fuzz import ratio

from anpei.records.catalogues.model import CatalogueItem, ItemMatch
from anpei.records.names import SURE_BP, NameIndex, plain_name

ADDED_BP = 9_800
CORE_BP = 9_500
LEAST_BP = 8_000
"""Likeness below which there is no match. Measured on names that a catalogue does not have: 1 to 2 % find a similar one from here on,
0.1 to 0.4 % from 9,000 on, below which the audit asks a person."""
_OPEN = date.max.toordinal() + 1
SHORTEST_CORE = 3
"""Signs of a name up to which a misprint is not looked for."""
_MARKS = re.compile(r"^[\s★☆▲△●○◆◇■□*#@]+")
_STRENGTH = re.compile(
    r"\d+(?:\.\d+)?(?:mg|g|kg|ug|mcg|μg|ml|l|iu|u|万|千|%|×|x|\*)|(?<=[\s*x×/])\d+(?:片|粒|支|袋|瓶|盒|丸|贴|枚|次)", re.IGNORECASE
)
_BRACKET = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】|「([^「」]*)」")
_ADDED = re.compile(
    r"(?:医保|农合|居民|职工)?(?:[甲乙丙abc]|[甲乙丙]类|自费|全自费|自付|部分自付|\d+(?:\.\d+)?%)|国产|进口|合资|集采|国家?集采|带量|国谈|谈判|基药|基"
    r"|非?处方药?|otc|rx|新|旧|套|.*(?:药业|制药|药厂|公司|集团|\w厂|牌)|(?:规格)?[:]?\d.*(?:mg|g|kg|ug|mcg|μg|ml|l|iu|u|万|单位|片|粒|支|袋|瓶|盒|丸|贴|枚)"
)
"""What a bracket may say without telling one item from another."""
_CLASS = re.compile(r"^(?:[甲乙丙]类|自费|医保)[\s:_-]+")
_TELLING = frozenset(
    "0123456789一二三四五六七八九十左右上下前后内外非无不未抗去复单双直间总游全次部分半大中小急慢甲乙丙丁阴阳男女酸钠钾钙镁原体片丸散膏丹酊栓贴霜"
)
"""Signs that tell one item from another: a difference in one of them is never taken for a misprint. Letters are such signs too."""


def core_name(text: str) -> str:
    """A name in its plain form without what bills add: ``★阿莫西林胶囊[甲] 0.25g*24粒`` becomes ``阿莫西林胶囊``."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKC", text))
    bare = _CLASS.sub("", _BRACKET.sub(_kept, bare).strip())
    places = [match.start() for match in _STRENGTH.finditer(bare) if match.start() > 1 and not _in_brackets(bare, match.start())]
    return plain_name(bare[: places[0]] if places else bare)


def _kept(bracket: re.Match[str]) -> str:
    """A bracket as it is, or nothing when it holds only what bills add."""
    content = "".join(next(group for group in bracket.groups() if group is not None).split())
    return "" if not content or _ADDED.fullmatch(content.lower()) else bracket.group()


def _in_brackets(text: str, place: int) -> bool:
    return any(match.start() < place < match.end() for match in _BRACKET.finditer(text))


def is_misprint(asked: str, found: str, *, names: NameIndex) -> bool:
    """Whether a plain name may be the other one with misprints.

    One sign may be wrong, missing, doubled or exchanged with the next; two apart in names of eight signs, three in names of sixteen;
    or the last two are cut off. None of them tells items apart, and none leaves a pair of signs that some name has: where both words
    exist, they are two items.
    """
    if OSA.distance(asked, found) > 1 + (len(found) >= 8) + (len(found) >= 16):
        return False
    operations = Levenshtein.editops(asked, found)
    if len(asked) == len(found) and any(op.tag == "delete" for op in operations):
        return _is_exchange(asked, found, names)
    edged, before = f"^{asked}$", -2
    for op in operations:
        here = op.src_pos + 1
        signs = (edged[here] if op.tag != "insert" else "") + (found[op.dest_pos] if op.tag != "delete" else "")
        if op.tag == "delete" and edged[here] not in (edged[here - 1], edged[here + 1]):
            return False
        if _tells(signs) or any(names.has_pair(pair) for pair in _touched(edged, here, op.tag)):
            return False
        if op.src_pos - before < 2 and op.src_pos < len(asked):
            return False
        before = op.src_pos
    return True


def _touched(edged: str, here: int, tag: str) -> tuple[str, ...]:
    """The pairs of signs that a misprint at a place has made."""
    if tag == "delete":
        return (edged[here] * 2,)
    return (edged[here - 1 : here + 1],) if tag == "insert" else (edged[here - 1 : here + 1], edged[here : here + 2])


def _is_exchange(asked: str, found: str, names: NameIndex) -> bool:
    """Whether two signs that stand together are exchanged, and their pair is that of no name."""
    place = next(place for place, (one, other) in enumerate(zip(asked, found, strict=True)) if one != other)
    pair = asked[place : place + 2]
    return asked[:place] + pair[::-1] + asked[place + 2 :] == found and not _tells(pair) and not names.has_pair(pair)


def _tells(signs: str) -> bool:
    return any(sign in _TELLING or sign.isascii() for sign in signs)


class ItemSearch:
    """The items of a region, searchable by name. Holds codes, names, days and how each is treated, not the items."""

    def __init__(self, items: Iterable[CatalogueItem]) -> None:
        self._codes: list[str] = []
        self._days, self._treated = array("i"), array("i")
        treatments: dict[tuple[object, ...], int] = {}
        names: list[str] = []
        cores: list[str] = []
        for item in items:
            plain, core = plain_name(item.name), core_name(item.name)
            names.append(plain)
            cores.append(plain if core == plain else core)
            self._codes.append(item.code)
            self._days.extend((item.valid_from.toordinal(), _OPEN if item.valid_to is None else item.valid_to.toordinal()))
            treated = (item.insurance_class, item.self_pay_bp, item.covered, item.price_cap_fen)
            self._treated.append(treatments.setdefault(treated, len(treatments)))
        self._names, self._cores = NameIndex(names), NameIndex(cores)

    def find(self, name: str, *, on: date) -> ItemMatch | None:
        """The item in force on a day that a name means; None when none is clearly meant."""
        plain, core = plain_name(_MARKS.sub("", name)), core_name(name)
        if not plain:
            return None
        tries = [(self._names.same(plain), "name", SURE_BP)]
        if len(core) >= SHORTEST_CORE:
            tries += [(self._names.same(core), "name", ADDED_BP), (self._cores.same(core), "similar", CORE_BP)]
        for positions, how, score in tries:
            found = self._in_force(positions, on)
            if found:
                return self._one(found, how, score)
        return self._similar(core, on) if len(core) > SHORTEST_CORE else None

    def offers(self, name: str, *, on: date, most: int, least_bp: int) -> list[tuple[str, int]]:
        """The codes of items in force whose names are most like it, best first, with their likeness: to be chosen from by a person."""
        found = self._names.offers(plain_name(name), most=4 * most, least_bp=least_bp)
        return [(self._codes[place], score) for place, score in found if self._in_force([place], on)][:most]

    def _similar(self, core: str, on: date) -> ItemMatch | None:
        """The one item in force whose core is nearest, if the difference may be a misprint and no other core is as near."""
        near = [(OSA.distance(core, each), each) for each in self._cores.near(core) if self._in_force(self._cores.same(each), on)]
        least = min((distance for distance, _ in near), default=0)
        nearest = [each for distance, each in near if distance == least]
        if len(nearest) != 1 or not is_misprint(core, nearest[0], names=self._cores):
            return None
        score = int(ratio(core, nearest[0]) * 100)
        return self._one(self._in_force(self._cores.same(nearest[0]), on), "similar", score) if score >= LEAST_BP else None

    def _in_force(self, positions: Sequence[int], on: date) -> list[int]:
        day = on.toordinal()
        return [position for position in positions if self._days[2 * position] <= day < self._days[2 * position + 1]]

    def _one(self, found: Sequence[int], how: str, score: int) -> ItemMatch | None:
        """The first by code, if all of one name are treated alike; several that differ are no answer."""
        alike = len({self._treated[position] for position in found}) == 1
        return ItemMatch(min(self._codes[position] for position in found), how, score) if alike else None
