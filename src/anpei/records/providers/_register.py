"""The register in memory: which hospital a printed name means, and when two names are not the same house."""

import re
from collections.abc import Sequence

from anpei.records.names import SURE_BP, NameIndex, changed_signs, plain_name, without_brackets
from anpei.records.providers.model import NO_MATCH, Provider, ProviderMatch

LEAST_BP = 9_000
PREFIX_BP = 9_800
BRACKET_BP = 9_700
_TELLING = frozenset("0123456789〇一二三四五六七八九十百东西南北中医妇幼儿童口腔肿瘤眼骨伤胸科附属分院总部省市县区州旗镇乡村街道校医军警")
"""Signs that tell one hospital from another: a difference in one of them is never taken for a misprint."""
_PLACE = re.compile(r"^.*[省市县区州旗镇乡]")
_PREFIX = re.compile(r"^.{1,8}(?:省|市|自治区|自治州|地区|州|盟|县|区)$")


def same_house(asked: str, found: str) -> bool:
    """Whether the difference of two plain names may be a misprint: as many signs, none in the place, none that tells houses apart."""
    places = [match.group() if (match := _PLACE.match(name)) else "" for name in (asked, found)]
    return len(asked) == len(found) and places[0] == places[1] and not _TELLING & set(changed_signs(asked, found))


class Register:
    """All providers, searchable by name."""

    def __init__(self, providers: Sequence[Provider]) -> None:
        self._providers = tuple(providers)
        self._index = NameIndex([plain_name(provider.name) for provider in self._providers])

    def find(self, name: str, *, region: str | None = None) -> ProviderMatch:
        """The provider that a printed name means. ``region`` decides between houses of one name."""
        asked, bare = plain_name(name), plain_name(without_brackets(name))
        if not asked:
            return NO_MATCH
        for positions, how, score in (
            (self._index.same(asked), "name", SURE_BP),
            (self._index.same(bare), "name", BRACKET_BP),
            (self._with_prefix(bare), "prefix", PREFIX_BP),
        ):
            if positions:
                return self._one(positions, how, score, region)
        positions, score = self._index.similar(bare, least_bp=LEAST_BP, safe=same_house)
        return self._one(positions, "similar", score, region) if positions else NO_MATCH

    def offers(self, name: str, *, most: int, least_bp: int) -> list[Provider]:
        """The providers whose names are most like it, best first: to be chosen from by a person."""
        return [self._providers[place] for place, _ in self._index.offers(plain_name(name), most=most, least_bp=least_bp)]

    def _with_prefix(self, name: str) -> list[int]:
        """Names that are the asked one with or without a province or city before it."""
        shorter = [name[place:] for place in range(2, min(len(name) - 3, 14)) if _PREFIX.match(name[:place])]
        longer = [found for found in self._index.ending(name) if _PREFIX.match(found[: -len(name)])]
        return [position for found in (*shorter, *longer) for position in self._index.same(found)]

    def _one(self, positions: Sequence[int], how: str, score: int, region: str | None) -> ProviderMatch:
        found = [self._providers[position] for position in positions]
        if region is not None and len(found) > 1:
            found = [provider for provider in found if provider.region.startswith(region) or region.startswith(provider.region)]
        return ProviderMatch(found[0], how, score) if len(found) == 1 else NO_MATCH
