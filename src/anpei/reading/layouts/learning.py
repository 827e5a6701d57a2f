"""Learning a layout from corrected pages: try what could make each wrong field readable, keep what makes it right and breaks nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from anpei.kernel.errors import InvalidInput
from anpei.reading._sense.interpret import Meaning
from anpei.reading._sense.kinds import tell_kind
from anpei.reading._sense.lines import plain
from anpei.reading._sense.schema import ColumnChange, ColumnSpec, FieldChange, FieldSpec, Knowledge, Layout, Title, merge
from anpei.reading.layouts import golden, naming
from anpei.reading.layouts.exchange import BoxedPage
from anpei.reading.layouts.forms import LayoutKeys
from anpei.reading.layouts.guesses import Ground, Guess, changed, guesses, less, like
from anpei.reading.layouts.places import find_value, is_printed, label_behind, labels_above, printed_words

MOST = 80
"""How many changes are tried for one field at most."""

Right = set[tuple[int, str]]
"""Page (by number) and name of each stated field that is read as the person says; rows go by the name ``rows``."""


class PagesDoNotBelongTogether(InvalidInput):
    """Pages of several kinds, or of a kind that there is not, were given to learn one layout from."""

    code = "reading.layout_pages_differ"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A layout as learnt, status draft, with its golden pairs.

    ``learnt``: field (or ``rows``) to how it is found now; ``failed``: field (or ``rows``, ``keys``, ``kind``) to why it could not be
    learnt. ``layout`` is None when nothing was learnt or the form cannot be told from others.
    """

    layout: Layout | None
    golden: tuple[BoxedPage, ...]
    learnt: Mapping[str, str]
    failed: Mapping[str, str]


def learn(pages: Sequence[BoxedPage], knowledge: Knowledge, *, id: str, title: Title, owner: str, others: Sequence[BoxedPage]) -> Proposal:
    """Learn a layout from corrected pages of one form; ``others`` are golden pairs of other layouts that must stay right.

    What the pages' present layout knows is kept. Raises PagesDoNotBelongTogether.
    """
    kinds = {page.kind for page in pages}
    if len(kinds) != 1 or not kinds <= set(knowledge.kinds):
        raise PagesDoNotBelongTogether(
            f"the pages are of {', '.join(sorted(kinds)) or 'no kind'}: give corrected pages of one form, of a kind of the rulebook"
        )
    strange = sorted({name for page in pages for name in page.fields} - set(knowledge.specs[pages[0].kind]) - _FROM_CODE)
    if strange:
        raise PagesDoNotBelongTogether(f"kind {pages[0].kind} has no field {', '.join(strange)}: use the names of docs/fields.md")
    base = golden.chosen(pages[0], knowledge)
    learner = _Learner([_without_codes(page) for page in pages], knowledge, base, dict(base.fields if base else {}))
    learner.columns = dict(base.columns if base else {})
    for name in sorted(learner.wrong(learner.right_now()), key=learner.plainness):
        learner.learn_field(name)
    for name in [name for name in learner.failed if name in learner.wrong(learner.right_now())]:
        learner.learn_field(name)  # what was learnt since may end its value
    learner.learn_rows()
    if not learner.learnt:
        return Proposal(None, (), {}, learner.failed)
    drafted = Layout(
        id=id, kind=learner.kind, title=title, status="draft", owner=owner, reference="learnt from corrected pages",
        keys=LayoutKeys(words=("-",)), fields=learner.fields, columns=learner.columns,
    )  # fmt: skip
    layout, problem = naming.with_keys(drafted, learner.pages, knowledge, words=learner.words, base=base, others=others)
    if layout is None:
        return Proposal(None, (), learner.learnt, {**learner.failed, "keys": problem})
    told = {tell_kind(golden.lines_of(page, knowledge), knowledge).kind for page in learner.pages} - {learner.kind}
    if told:
        learner.failed["kind"] = f"its pages are taken for {', '.join(sorted(told))}: add words of the form to the kind's keywords"
    pairs = tuple(golden.golden_of(page, knowledge, layout) for page in learner.pages)
    for name in learner.learnt:
        if name != "rows" and not any(name in pair.fields for pair in pairs):
            learner.learnt[name] += "; no golden pair shows it"
    return Proposal(layout, pairs, learner.learnt, learner.failed)


_FROM_CODE = frozenset({"qr_code", "qr_number", "qr_on", "qr_amount"})
"""Fields that come from a code square, not from printed text."""


def _without_codes(page: BoxedPage) -> BoxedPage:
    return page.model_copy(update={"fields": {name: value for name, value in page.fields.items() if name not in _FROM_CODE}})


@dataclass
class _Learner:
    """Pages of one form, and what was learnt so far; ``words`` are the printed words that it rests on."""

    pages: Sequence[BoxedPage]
    knowledge: Knowledge
    base: Layout | None
    fields: dict[str, FieldChange]
    columns: dict[str, ColumnChange] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    learnt: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.pages[0].kind

    def read(self, fields: Mapping[str, FieldChange], columns: Mapping[str, ColumnChange]) -> list[Meaning]:
        """The pages as some changes read them."""
        trial = Layout(
            id="trial", kind=self.kind, title=Title(zh="试", en="Trial"), status="draft", owner="reading", reference="-",
            keys=LayoutKeys(words=("-",)), fields=dict(fields), columns=dict(columns),
        )  # fmt: skip
        return [page.read(self.knowledge, trial) for page in self.pages]

    def right(self, fields: Mapping[str, FieldChange], columns: Mapping[str, ColumnChange]) -> Right:
        """What is right with some changes."""
        found: Right = set()
        for number, (page, meaning) in enumerate(zip(self.pages, self.read(fields, columns), strict=True)):
            for name, value in page.fields.items():
                if plain(meaning.fields[name].value if name in meaning.fields else "") == plain(value or ""):
                    found.add((number, name))
            rows = [{name: cell.value for name, cell in row.items()} for row in meaning.rows]
            if rows == [dict(row) for row in page.rows]:
                found.add((number, "rows"))
        return found

    def right_now(self) -> Right:
        return self.right(self.fields, self.columns)

    def wrong(self, right: Right) -> list[str]:
        """The fields that are not right on some page."""
        return list(dict.fromkeys(name for number, page in enumerate(self.pages) for name in page.fields if (number, name) not in right))

    @cached_property
    def grounds(self) -> list[Ground]:
        """The pages to guess from."""
        lines = [golden.lines_of(page, self.knowledge) for page in self.pages]
        texts = tuple("\n".join(line.text for line in each) for each in lines)
        specs = self.knowledge.specs[self.kind]
        known = printed_words(self.knowledge, self.kind)
        grounds = []
        for each, page in zip(lines, self.pages, strict=True):
            values = tuple(piece for name, value in page.fields.items() if value for piece in find_value(each, specs[name], value))
            grounds.append(Ground(each, texts, values, known))
        return grounds

    def learn_field(self, name: str) -> None:
        """Find a change that makes a field right on all pages and nothing wrong; else say why there is none."""
        before = self.right_now()
        pages = [number for number, page in enumerate(self.pages) if name in page.fields]
        if all((number, name) in before for number in pages):
            self.failed.pop(name, None)
            self.learnt.setdefault(name, "it follows from what was learnt for others")
            return
        spec = self.knowledge.spec_of(self.kind, self.base)[name]
        tried: list[Guess] = []
        for number in pages:
            if (number, name) not in before:
                for guess in self._guesses(number, name, spec)[: MOST - len(tried)]:
                    tried.append(guess)
                    fields = changed(self.fields, name, guess.change)
                    if before | {(page, name) for page in pages} <= self.right(fields, self.columns):
                        self.fields = fields
                        self.words.append(guess.word)
                        self.failed.pop(name, None)
                        self.learnt[name] = f"{guess.how} {guess.word}{self._doubt(name)}"
                        return
        self.failed[name] = self._why(name, spec, tried)

    def plainness(self, name: str) -> tuple[int, float]:
        """What is plain is learnt first: a value that stands at one place, then one whose word is most like the field's own."""
        spec, ground = self.knowledge.specs[self.kind][name], self.grounds[0]
        value = self.pages[0].fields.get(name)
        words = [label_behind(piece) for piece in find_value(ground.lines, spec, value)] if value else []
        return self.places(name), -max((like(each.text, spec) for each in words if each is not None), default=0.0)

    def _taken(self, name: str) -> frozenset[str]:
        """Words by which other fields of the same type go on this form, or on any form of the kind."""
        specs = self.knowledge.spec_of(self.kind, self.base)
        own = {plain(label.text) for label in specs[name].all_labels}
        others = [merge(spec, self.fields.get(other)) for other, spec in specs.items() if other != name and spec.type == specs[name].type]
        return frozenset(plain(label.text) for spec in others for label in spec.all_labels if label.weight == 1) - own

    def places(self, name: str) -> int:
        """At how many places the value of a field stands, on the page where they are fewest."""
        spec = self.knowledge.specs[self.kind][name]
        known = [(page.fields[name], ground) for page, ground in zip(self.pages, self.grounds, strict=True) if page.fields.get(name)]
        return min((len(find_value(ground.lines, spec, str(value))) for value, ground in known), default=0)

    def _doubt(self, name: str) -> str:
        count = self.places(name)
        return f" (the same value stands at {count} places: a second page would make sure)" if count > 1 else ""

    def _guesses(self, number: int, name: str, spec: FieldSpec) -> list[Guess]:
        value, ground = self.pages[number].fields[name], self.grounds[number]
        found = (
            less(ground, spec) if value is None else guesses(ground, spec, find_value(ground.lines, spec, value), taken=self._taken(name))
        )
        return list(found)

    def _why(self, name: str, spec: FieldSpec, tried: Sequence[Guess]) -> str:
        for number, page in enumerate(self.pages):
            value = page.fields.get(name)
            if value and not find_value(self.grounds[number].lines, spec, value):
                return f"its value does not stand on page {number + 1} as text: it was misread there, or goes over several boxes"
        if not tried:
            return "no printed word of the form stands near it"
        words = ", ".join(dict.fromkeys(guess.word for guess in tried[:8]))
        return f"{len(tried)} changes were tried with the words {words}; none makes it right on all pages and leaves the others right"

    def learn_rows(self) -> None:
        """Where rows are not as the person says: take the cells above the first row's for heads of their columns."""
        right = self.right_now()
        for number, page in enumerate(self.pages):
            if not page.rows or (number, "rows") in right:
                continue
            columns, heads = dict(self.columns), []
            for name, word in self._heads(self.grounds[number], page.rows[0]):
                columns[name] = ColumnChange(heads=(word, *(columns[name].heads if name in columns else ())))
                heads.append(word)
            if heads and right | {(number, "rows")} <= self.right(self.fields, columns):
                self.columns = columns
                self.words += heads
                self.learnt["rows"] = f"heads of columns: {', '.join(heads)}"
            else:
                self.failed["rows"] = f"the cells above the first row ({', '.join(heads) or 'none'}) do not make the rows right"
            right = self.right_now()

    def _heads(self, ground: Ground, row: Mapping[str, str]) -> list[tuple[str, str]]:
        """Column to the unknown word over its cell in the first row."""
        known = {plain(head): name for name, spec in self.knowledge.columns_of(self.kind, self.base).items() for head in spec.heads}
        found: list[tuple[str, str]] = []
        for name, value in row.items():
            spec = self.knowledge.columns.get(name)
            places = find_value(ground.lines, _as_field(spec), value) if spec else []
            words = [words.text for piece in places for words in labels_above(ground.lines, piece) if is_printed(words.text)]
            if words and known.get(words[0]) != name:
                found.append((name, words[0]))
        return found


def _as_field(spec: ColumnSpec) -> FieldSpec:
    return FieldSpec(title=Title(zh="列", en="Column"), type=spec.type, choices=spec.choices)
