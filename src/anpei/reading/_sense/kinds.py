"""Which kind of document a page is, from the words that stand on it, with an honest ``unknown``; and whose layout it has."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from anpei.reading._sense.lines import Line, plain
from anpei.reading._sense.schema import Keyword, Kind, Knowledge, Layout
from anpei.reading.layouts.index import KindIndex, page_keys
from anpei.reading.model import UNKNOWN

NEAR = 0.8
"""How much of a keyword's weight counts when one of its characters was misread."""

ENOUGH = 3.0
"""Weight of evidence below which a page stays unknown."""

UNSURE = 0.6
"""A kind that is less likely than this is not told."""

VETO = 6.0
"""What a word that belongs to another kind's heading takes from a kind."""

OTHER = 6.0
"""What a heading that names some other document takes from a kind."""

LABEL, MOST = 0.3, 2.5
"""What each field of a kind whose label stands on the page adds, and what all of them add at most."""

_SHARPNESS = 0.9
_DOCUMENT = re.compile(
    r"([\u4e00-\u9fff]{2,}(?:记录|小结|报告|报告单|证明|证明书|证书|证|意见书|认定书|委托书|申请书|通知书|协议书?|合同|结算单|清单|票据|发票|登记卡|户口簿|处方笺?|病历|估价单|明细表|损失清?单|查勘单?))(?:\([^()]{0,10}\))?$"
)
"""A line that names a document and nothing else."""


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
    titles = _titles(lines)
    labels = _labels_on(body, knowledge)
    scores = {kind.id: _score(kind, body, head, titles) + _asked(kind, labels) for kind in knowledge.kinds.values()}
    best = max(scores, key=lambda name: scores[name])
    weights = {name: math.exp(_SHARPNESS * min(score, 20.0)) for name, score in scores.items()}
    nothing = math.exp(_SHARPNESS * ENOUGH)
    total = sum(weights.values()) + nothing
    if weights[best] / total < UNSURE:
        return Guess(UNKNOWN, round(1 - weights[best] / total, 4))
    return Guess(best, round(min(0.999, weights[best] / total), 4))


def _head(lines: Sequence[Line]) -> str:
    """The page's upper third, and lines that are set larger than the rest."""
    top, bottom = min(line.y for line in lines), max(line.y for line in lines)
    heights = sorted(line.height for line in lines)
    large = heights[len(heights) // 2] * 1.35
    edge = top + (bottom - top) * 0.33
    return "\n".join(line.text for line in lines if line.y <= edge or line.height >= large)


def _labels_on(body: str, knowledge: Knowledge) -> frozenset[str]:
    """The fields of which a printed label stands on the page."""
    return frozenset(name for name, labels in knowledge.telling_labels.items() if any(label in body for label in labels))


def _asked(kind: Kind, labels: frozenset[str]) -> float:
    """What the labels on a page say for a kind that asks for just these fields."""
    return min(MOST, LABEL * len(labels & kind.fields.keys()))


def _titles(lines: Sequence[Line]) -> list[str]:
    """Lines of the upper third that are set larger than the rest and name a document."""
    top, bottom = min(line.y for line in lines), max(line.y for line in lines)
    heights = sorted(line.height for line in lines)
    large = heights[len(heights) // 2] * 1.2
    upper = (line.text for line in lines if line.y <= top + (bottom - top) * 0.33 and line.height >= large)
    return [text for text in upper if _DOCUMENT.search(text)]


def _score(kind: Kind, body: str, head: str, titles: Sequence[str]) -> float:
    score = 0.0
    for keyword in kind.keywords:
        word = plain(keyword.text)
        if keyword.title:
            score += keyword.weight * max(_presence(word, head), 0.35 * _presence(word, body))
        else:
            score += keyword.weight * _presence(word, body)
    if any(_presence(plain(veto), head) >= NEAR for veto in kind.vetoes):
        score -= VETO
    if titles and not any(_presence(plain(keyword.text), title) for keyword in kind.keywords if _names(keyword) for title in titles):
        score -= OTHER
    return score


def _names(keyword: Keyword) -> bool:
    """Whether a word is (part of) the name of the kind's papers."""
    return keyword.title or keyword.weight >= 4


def _presence(word: str, text: str) -> float:
    """1 when the word stands in the text, NEAR when one of four characters or more does but for one of them, else 0.

    Names of four characters differ from one another in their first half (``入院记录``, ``出院记录``): that must be right.
    """
    if word in text:
        return 1.0
    half = len(word) // 2
    halfway = len(word) >= 4 and (word[:half] in text or (len(word) > 4 and word[half:] in text))
    if halfway and fuzz.partial_ratio(word, text, score_cutoff=74) >= (1 - 1 / len(word)) * 100 - 0.01:
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
