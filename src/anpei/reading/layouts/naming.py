"""Keys for a learnt layout: words of the form that other forms do not carry, so that it is chosen on its own pages and on no others."""

from collections.abc import Iterator, Sequence

from anpei.reading._sense.lines import Line, plain
from anpei.reading._sense.schema import Knowledge, Layout
from anpei.reading.layouts import golden
from anpei.reading.layouts.exchange import BoxedPage
from anpei.reading.layouts.forms import LayoutKeys
from anpei.reading.layouts.places import cells, is_printed, printed_words

ENOUGH = 4
"""How many words a learnt form is known by at most."""

TOP = 0.33
"""The share of the page in which its title stands."""


def with_keys(
    layout: Layout,
    pages: Sequence[BoxedPage],
    knowledge: Knowledge,
    *,
    words: Sequence[str],
    base: Layout | None,
    others: Sequence[BoxedPage],
) -> tuple[Layout | None, str]:
    """The layout with keys by which its pages choose it and no page of ``others`` is read worse; or None and the reason.

    ``words`` are the printed words that it rests on; the keys of its ``base`` are kept.
    """
    tried: list[str] = []
    for keys in _choices(layout, pages, knowledge, words=words, base=base, others=others):
        keyed = layout.model_copy(update={"keys": keys})
        problem = _problem(keyed, pages, knowledge, others)
        if not problem:
            return keyed, ""
        tried.append(problem)
    return None, tried[0] if tried else "the form carries no word that others of its kind do not: state hospital_name, or add a key by hand"


def _choices(
    layout: Layout,
    pages: Sequence[BoxedPage],
    knowledge: Knowledge,
    *,
    words: Sequence[str],
    base: Layout | None,
    others: Sequence[BoxedPage],
) -> Iterator[LayoutKeys]:
    """Keys to try, then with the hospital: words of the form's own before those that all forms of the kind may carry.

    Only common words would make the layout everybody's: then the hospital is among the keys. Where there is one page only,
    words that may be somebody's (neither known, nor a title, nor before a colon) come last.
    """
    lines = [golden.lines_of(page, knowledge) for page in pages]
    texts = ["\n".join(line.text for line in each) for each in lines]
    strange = ["\n".join(line.text for line in golden.lines_of(page, knowledge)) for page in others if page.kind == layout.kind]
    values = {plain(value) for page in pages for value in page.fields.values() if value}
    printed = [words.text for words in cells(lines[0]) if is_printed(words.text)]
    titles = list(_titles(lines[0], values))
    found = [word for word in dict.fromkeys([*words, *titles, *printed]) if all(word in text for text in texts)]
    found = [word for word in found if not any(value in word or word in value for value in values if len(value) > 1)]
    known = printed_words(knowledge, layout.kind)
    loose = {word for word in found if len(pages) == 1 and word not in (*known, *titles) and f"{word}:" not in texts[0]}
    own = {word for word in found if _is_own(word, knowledge, layout.kind, known)}
    found.sort(key=lambda word: (word in loose, word not in own, any(word in text for text in strange)))
    old = base.keys if base else None
    chosen = tuple(dict.fromkeys([*(old.words if old else ()), *found[:ENOUGH]]))
    hospitals = {page.fields.get("hospital_name") for page in pages}
    hospital = next(iter(hospitals)) if len(hospitals) == 1 else None
    typed = {} if old is None else {name: getattr(old, name) for name in ("province", "hospital", "receipt_code_prefix")}
    if own.intersection(chosen) - (loose - set(words)) or any(typed.values()):
        yield LayoutKeys.model_validate({"words": chosen, **typed})
    if chosen and hospital and all(plain(hospital) in text for text in texts):
        yield LayoutKeys.model_validate({"words": chosen, **typed, "hospital": (hospital,)})


def _is_own(word: str, knowledge: Knowledge, kind: str, known: frozenset[str]) -> bool:
    """Whether a word says more than that the page is of its kind."""
    if word in known:
        return False
    for keyword in knowledge.kinds[kind].keywords:
        word = word.replace(plain(keyword.text), "")
    return len(word) >= 2


def _titles(lines: Sequence[Line], values: set[str]) -> Iterator[str]:
    """The largest words of the page's upper part, without a value that stands in them."""
    top, bottom = min(line.y for line in lines), max(line.y for line in lines)
    upper = [words for words in cells(lines) if words.line.y <= top + TOP * (bottom - top)]
    for words in sorted(upper, key=lambda each: -each.boxes[0].height)[:2]:
        text = words.text
        for value in values:
            if len(value) > 3:
                text = text.replace(value, " ")
        yield from (part for part in text.split() if len(part) >= 4 and not any(char.isdigit() for char in part))


def _problem(layout: Layout, pages: Sequence[BoxedPage], knowledge: Knowledge, others: Sequence[BoxedPage]) -> str:
    """What goes wrong when the layout is live beside the others; empty when nothing does."""
    beside = knowledge.with_layouts(live=(*(each for each in knowledge.layouts if each.id != layout.id), layout))
    for number, page in enumerate(pages):
        got = golden.chosen(page, beside)
        if got is None or got.id != layout.id:
            return f"page {number + 1} chooses {'no layout' if got is None else got.id} by its words: the form carries none of its own"
    for page in others:
        was, got = golden.chosen(page, knowledge), golden.chosen(page, beside)
        if got is not None and got.id == layout.id and set(golden.problems(page, beside, got)) - set(golden.problems(page, knowledge, was)):
            return f"an example of {page.layout or page.kind} would be read by it, and wrongly: the form carries no word of its own"
    return ""
