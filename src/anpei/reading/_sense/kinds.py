"""Which kind of document a page is, from the words that stand on it, with an honest ``unknown``; and whose layout it has."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from anpei.reading._sense.lines import Line, plain
from anpei.reading._sense.schema import Kind, Knowledge, Layout
from anpei.reading.layouts.index import KindIndex, page_keys
from anpei.reading.model import UNKNOWN

NEAR = 0.8
"""How much of a keyword's weight counts when one of its characters was misread."""

ENOUGH = 3.0
"""Weight of evidence below which a page stays unknown."""

_SHARPNESS = 0.9


@dataclass(frozen=True, slots=True)
class Guess:
    """A kind with the estimated probability that it is right."""

    kind: str
    confidence: float


def tell_kind(lines: Sequence[Line], knowledge: Knowledge) -> Guess:
    """The most likely kind; ``unknown`` when no kind has enough evidence or two have the same."""
    if not lines:
        return Guess(UNKNOWN, 1.0)
    body = "\n".join(line.text for line in lines)
    head = _head(lines)
    scores = {kind.id: _score(kind, body, head) for kind in knowledge.kinds.values()}
    best = max(scores, key=lambda name: scores[name])
    weights = {name: math.exp(_SHARPNESS * min(score, 20.0)) for name, score in scores.items()}
    nothing = math.exp(_SHARPNESS * ENOUGH)
    total = sum(weights.values()) + nothing
    if weights[best] <= nothing:
        return Guess(UNKNOWN, round(nothing / total, 4))
    return Guess(best, round(min(0.999, weights[best] / total), 4))


def _head(lines: Sequence[Line]) -> str:
    """The page's upper third, and lines that are set larger than the rest."""
    top, bottom = min(line.y for line in lines), max(line.y for line in lines)
    heights = sorted(line.height for line in lines)
    large = heights[len(heights) // 2] * 1.35
    edge = top + (bottom - top) * 0.33
    return "\n".join(line.text for line in lines if line.y <= edge or line.height >= large)


def _score(kind: Kind, body: str, head: str) -> float:
    score = 0.0
    for keyword in kind.keywords:
        word = plain(keyword.text)
        if keyword.title:
            score += keyword.weight * max(_presence(word, head), 0.35 * _presence(word, body))
        else:
            score += keyword.weight * _presence(word, body)
    if any(_presence(plain(veto), head) >= NEAR for veto in kind.vetoes):
        score -= 6.0
    return score


def _presence(word: str, text: str) -> float:
    """1 when the word stands in the text, NEAR when it does but for one character in four, else 0."""
    if word in text:
        return 1.0
    if len(word) >= 4 and fuzz.partial_ratio(word, text, score_cutoff=74) >= (1 - 1 / len(word)) * 100 - 0.01:
        return NEAR
    return 0.0


def tell_layout(kind: str, lines: Sequence[Line], knowledge: Knowledge) -> Layout | None:
    """The live layout of the kind whose keys all stand on the page; the one with most key characters wins."""
    return _by_keys(knowledge.layouts, knowledge.live_index, kind, lines, knowledge)


def tell_shadow(kind: str, lines: Sequence[Line], knowledge: Knowledge) -> Layout | None:
    """The same of the layouts that are only tried."""
    return _by_keys(knowledge.shadows, knowledge.shadow_index, kind, lines, knowledge)


def _by_keys(layouts: Sequence[Layout], index: KindIndex, kind: str, lines: Sequence[Line], knowledge: Knowledge) -> Layout | None:
    codes = knowledge.specs[kind].get("receipt_code")
    labels = [plain(label.text) for label in codes.all_labels] if codes else []
    number = index.best(kind, page_keys([line.text for line in lines], labels)) if index.has(kind) else None
    return None if number is None else layouts[number]
