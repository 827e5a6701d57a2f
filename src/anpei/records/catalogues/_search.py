"""The names of a region's items in memory: which item a bill line means when it carries no code."""

import re
from collections.abc import Sequence
from datetime import date

from anpei.records.catalogues.model import CatalogueItem, ItemMatch
from anpei.records.names import SURE_BP, NameIndex, changed_signs, plain_name, without_brackets

LEAST_BP = 8_500
BRACKET_BP = 9_800
CORE_BP = 9_500
SHORTEST_CORE = 3
_MARKS = re.compile(r"^[\s★☆▲△●○◆◇*#@]+")
_STRENGTH = re.compile(
    r"\d+(?:\.\d+)?(?:mg|g|kg|ug|mcg|μg|ml|l|iu|u|万|千|%|×|x|\*)|(?<=[\s*x×/])\d+(?:片|粒|支|袋|瓶|盒|丸|贴|枚|次)", re.IGNORECASE
)
_TELLING = frozenset("0123456789一二三四五六七八九十左右上下前后内外非无不未抗去复单双直间总游全部分半大中小急慢甲乙丙丁阴阳男女酸钠钾钙镁")
"""Signs that tell one item from another: a difference in one of them is never taken for a misprint."""


def core_name(text: str) -> str:
    """A name without marks, brackets and strength: ``★阿莫西林胶囊 0.25g*24粒`` becomes ``阿莫西林胶囊``."""
    bare = _MARKS.sub("", without_brackets(text))
    places = [match.start() for match in _STRENGTH.finditer(bare) if match.start() > 1]
    return plain_name(bare[: places[0]] if places else bare)


def same_item(asked: str, found: str) -> bool:
    """Whether the difference of two names may be a misprint: in no sign that tells items apart, and in one or two signs at most."""
    changed = changed_signs(asked, found)
    return len(changed) <= 4 and not _TELLING & set(changed)


class ItemSearch:
    """The items of a region, searchable by name."""

    def __init__(self, items: Sequence[CatalogueItem]) -> None:
        self._items = tuple(items)
        self._names = NameIndex([plain_name(item.name) for item in self._items])
        self._cores = NameIndex([core_name(item.name) for item in self._items])

    def find(self, name: str, *, on: date) -> ItemMatch | None:
        """The item in force on a day that a name means; None when none is clearly meant."""
        plain, core = plain_name(_MARKS.sub("", name)), core_name(name)
        if not plain:
            return None
        tries = [(self._names.same(plain), "name", SURE_BP), (self._names.same(plain_name(without_brackets(name))), "name", BRACKET_BP)]
        if len(core) >= SHORTEST_CORE:
            tries += [(self._names.same(core), "name", BRACKET_BP), (self._cores.same(core), "similar", CORE_BP)]
        for positions, how, score in tries:
            found = [self._items[position] for position in positions if self._items[position].holds_on(on)]
            if found:
                return _one(found, how, score)
        if len(core) <= SHORTEST_CORE:
            return None
        positions, score = self._cores.similar(core, least_bp=LEAST_BP, safe=same_item)
        found = [self._items[position] for position in positions if self._items[position].holds_on(on)]
        return _one(found, "similar", score) if found else None


def _one(found: Sequence[CatalogueItem], how: str, score: int) -> ItemMatch | None:
    """The first by code, if all of one name are treated alike; several that differ are no answer."""
    treated = {(item.insurance_class, item.self_pay_bp, item.covered) for item in found}
    return ItemMatch(min(item.code for item in found), how, score) if len(treated) == 1 else None
