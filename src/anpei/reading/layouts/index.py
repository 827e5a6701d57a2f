"""Which of many layouts may be a page's: an inverted index over the rarest pieces of their keys, then a close look at a few.

The page is cut into pieces of two and three characters once; only layouts that share one of their own rare pieces with it are
looked at closely, however many there are.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from anpei.reading.layouts.forms import LayoutKeys

NEAR = 0.8
"""What a word counts that stands on the page but for one misread character."""

CLOSE_LOOKS = 24
"""How many layouts are compared with the page at most; those that share most rare pieces go first."""

RARE = 64
"""A piece that more layouts have says little: it is used only where a layout has no better one."""

_GROUPS, _PIECES = 2, 2
"""Under how many of its keys a layout is filed, and under how many separate pieces of each (one may be misread)."""

_TELLING = frozenset("一二三四五六七八九十东南西北中上下大小省市县区州旗镇乡0123456789")
"""Signs in which the names of two places differ."""


@dataclass(frozen=True, slots=True)
class PageKeys:
    """What of a page is compared with keys: its text in plain signs, line by line, and its receipt codes. One per page: it remembers."""

    text: str
    codes: tuple[str, ...] = ()
    _seen: dict[tuple[str, bool], float] = field(default_factory=dict)

    def presence(self, word: str, *, exact_signs: bool = False) -> float:
        """1 when the word stands on the page, NEAR when it does but for one character in four or more, else 0."""
        known = self._seen.get((word, exact_signs))
        if known is None:
            known = self._seen[word, exact_signs] = 1.0 if word in self.text else self._near(word, exact_signs)
        return known

    def _near(self, word: str, exact_signs: bool) -> float:
        least = (1 - 1 / len(word)) * 100 - 0.01
        if len(word) < 4:
            return 0.0
        found = fuzz.partial_ratio_alignment(word, self.text, score_cutoff=least)
        if found is None:
            return 0.0
        there = self.text[found.dest_start : found.dest_end]
        if exact_signs and any(
            {*word[o.src_start : o.src_end], *there[o.dest_start : o.dest_end]} & _TELLING
            for o in Levenshtein.opcodes(word, there)
            if o.tag != "equal"
        ):
            return 0.0
        return NEAR


def page_keys(lines: Sequence[str], code_labels: Sequence[str]) -> PageKeys:
    """What of a page's lines (in plain signs) is compared with keys; receipt codes are the numbers behind one of the labels."""
    text = "\n".join(lines)
    behind = "|".join(re.escape(label) for label in code_labels)
    codes = re.findall(rf"(?:{behind})[^\d\n]{{0,4}}(\d{{4,12}})", text) if behind else []
    return PageKeys(text, tuple(dict.fromkeys(codes)))


def fit(keys: LayoutKeys, page: PageKeys) -> float:
    """How many key characters stand on the page (misread ones count less); 0 when a key is missing."""
    score = 0.0
    for word in keys.words:
        here = page.presence(word)
        if not here:
            return 0.0
        score += here * len(word)
    for names in (keys.hospital, keys.province):
        best = max((page.presence(name, exact_signs=True) * len(name) for name in names), default=None)
        if best == 0:
            return 0.0
        score += best or 0.0
    if keys.receipt_code_prefix:
        begun = [len(prefix) for prefix in keys.receipt_code_prefix if any(code.startswith(prefix) for code in page.codes)]
        if not begun:
            return 0.0
        score += max(begun)
    return score


class KeyIndex:
    """The keys of some layouts, filed under their rarest pieces."""

    def __init__(self, keys: Sequence[LayoutKeys]) -> None:
        self._keys = keys
        groups = [list(_groups(each)) for each in keys]
        common = Counter(piece for each in groups for piece in {piece for group in each for word in group for _, piece in _pieces(word)})
        filed: dict[str, list[int]] = {}
        for number, each in enumerate(groups):
            for piece in _filed_under(each, common):
                filed.setdefault(piece, []).append(number)
        self._filed: dict[str, tuple[int, ...]] = {piece: tuple(numbers) for piece, numbers in filed.items()}
        self._sizes = sorted({len(piece) for piece in filed if not piece.startswith("#")})
        self._prefixes = sorted({len(piece) - 1 for piece in filed if piece.startswith("#")})

    def candidates(self, page: PageKeys) -> list[int]:
        """The layouts (by number) that deserve a close look, best first."""
        hits: Counter[int] = Counter()
        for piece in self._pieces_of(page):
            hits.update(self._filed.get(piece, ()))
        return [number for number, _ in sorted(hits.items(), key=lambda hit: (-hit[1], hit[0]))[:CLOSE_LOOKS]]

    def best(self, page: PageKeys) -> int | None:
        """The layout (by number) whose keys all stand on the page, with most key characters; the first of equal ones."""
        fits = [(fit(self._keys[number], page), -number) for number in self.candidates(page)]
        score, number = max(fits, default=(0.0, 0))
        return -number if score > 0 else None

    def _pieces_of(self, page: PageKeys) -> set[str]:
        text = page.text
        pieces = {text[i : i + size] for size in self._sizes for i in range(len(text) - size + 1)}
        return pieces | {f"#{code[:size]}" for code in page.codes for size in self._prefixes}


class KindIndex:
    """The keys of layouts of many kinds; each kind's are filed when it is first asked for."""

    def __init__(self, layouts: Sequence[tuple[str, LayoutKeys]]) -> None:
        self._keys = [keys for _, keys in layouts]
        self._numbers: dict[str, list[int]] = {}
        self._filed: dict[str, KeyIndex] = {}
        for number, (kind, _) in enumerate(layouts):
            self._numbers.setdefault(kind, []).append(number)

    def has(self, kind: str) -> bool:
        """Whether the kind has any layout."""
        return kind in self._numbers

    def best(self, kind: str, page: PageKeys) -> int | None:
        """The best layout of a kind, by its number among all layouts."""
        own = self._numbers.get(kind, [])
        if kind not in self._filed:
            self._filed[kind] = KeyIndex([self._keys[number] for number in own])
        found = self._filed[kind].best(page)
        return None if found is None else own[found]


def _groups(keys: LayoutKeys) -> Iterator[tuple[str, ...]]:
    """Alternatives of which one must stand on the page, for each condition."""
    yield from ((word,) for word in keys.words)
    yield from (names for names in (keys.hospital, keys.province) if names)
    if keys.receipt_code_prefix:
        yield tuple(f"#{prefix}" for prefix in keys.receipt_code_prefix)


def _pieces(word: str) -> Iterator[tuple[int, str]]:
    """Pieces of three characters with their places; a shorter word, and a prefix, is one piece."""
    if word.startswith("#") or len(word) <= 3:
        yield 0, word
    else:
        yield from ((i, word[i : i + 3]) for i in range(len(word) - 2))


def _filed_under(groups: Sequence[tuple[str, ...]], common: Mapping[str, int]) -> set[str]:
    """The pieces under which a layout is found: of its rarest keys, for each alternative, the rarest pieces that do not overlap."""

    def rarest(word: str) -> list[tuple[int, str]]:
        ordered = sorted(_pieces(word), key=lambda piece: (common[piece[1]], piece[0]))
        apart = [ordered[0]]
        apart += [piece for piece in ordered[1:] if abs(piece[0] - ordered[0][0]) >= 3 and common[piece[1]] <= RARE][: _PIECES - 1]
        return apart

    ordered = sorted(groups, key=lambda group: max(common[rarest(word)[0][1]] for word in group))
    kept = [group for rank, group in enumerate(ordered[:_GROUPS]) if rank == 0 or all(common[rarest(w)[0][1]] <= RARE for w in group)]
    return {piece for group in kept for word in group for _, piece in rarest(word)}
