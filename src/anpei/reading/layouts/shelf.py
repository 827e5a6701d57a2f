"""The shelf of layouts: what there is, whether its golden pairs hold, new drafts, and moves along a layout's life.

Shipped files are never written: drafts and moves go to the adopter's own folder, whose files win over the shipped ones.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from anpei.engines.knowledge import Rulebook, parse_text
from anpei.kernel.errors import Conflict, InvalidInput, NotFound
from anpei.reading._sense.kinds import tell_kind
from anpei.reading._sense.schema import Knowledge, Layout, Title, check_layout, load_knowledge
from anpei.reading.layouts import golden
from anpei.reading.layouts.exchange import BoxedPage, load_page
from anpei.reading.layouts.learning import Proposal, learn
from anpei.reading.layouts.states import LayoutState, move

FOLDER, EXAMPLES = "layouts", "layouts/examples"
_STATUS = re.compile(r"^status:[ \t]*\w+", re.MULTILINE)
_ID = re.compile(r"[a-z][a-z0-9_]{2,79}")


class LayoutUnknown(NotFound):
    """There is no layout of this id."""

    code = "reading.layout_unknown"


class LayoutTaken(Conflict):
    """A layout of this id is already in use."""

    code = "reading.layout_taken"


class LayoutIdInvalid(InvalidInput):
    """The id cannot name a layout's file."""

    code = "reading.layout_id_invalid"


class LayoutNotProven(Conflict):
    """A layout's golden pairs do not hold, or it has none."""

    code = "reading.layout_not_proven"


class NoOwnFolder(InvalidInput):
    """There is no folder to write to."""

    code = "reading.no_rulebook_folder"


@dataclass(frozen=True, slots=True)
class Kept:
    """A layout on the shelf, with its file and how many golden pairs it has."""

    layout: Layout
    file: Path
    examples: int


class LayoutShelf:
    """All layouts of a rulebook; ``own`` is the adopter's folder (the rulebook's last), to which is written."""

    def __init__(self, rulebook: Rulebook, *, own: Path | None = None) -> None:
        self._rulebook, self._own = rulebook, own
        self._folders = rulebook.folders if own is None or own in rulebook.folders else (*rulebook.folders, own)
        self._book = Rulebook(self._folders)

    @cached_property
    def knowledge(self) -> Knowledge:
        """Everything known about documents, as it is read now."""
        return load_knowledge(self._book)

    def layouts(self) -> list[Kept]:
        """All layouts in all states, by kind and id."""
        found = [Kept(layout, path, len(self._example_files(layout.id))) for path, layout in self._book.load_all(FOLDER, Layout)]
        return sorted(found, key=lambda kept: (kept.layout.kind, kept.layout.id))

    def get(self, layout_id: str) -> Kept:
        """One layout. Raises LayoutUnknown."""
        for kept in self.layouts():
            if kept.layout.id == layout_id:
                return kept
        raise LayoutUnknown(f"there is no layout {layout_id!r}: anpei layout list shows all", data={"layout": layout_id})

    def golden(self, layout_id: str) -> list[BoxedPage]:
        """The golden pairs of a layout."""
        return [load_page(path) for path in self._example_files(layout_id)]

    def problems(self, layout: Layout, pairs: Sequence[BoxedPage]) -> list[str]:
        """Why a layout may not be used: golden pairs that do not choose it or are not read right by it; none at all."""
        if not pairs:
            return [f"there is no golden pair in {EXAMPLES}/{layout.id}: learn it from a corrected page, or add one"]
        beside = self._beside(layout)
        found: list[str] = []
        for number, page in enumerate(pairs, start=1):
            told = tell_kind(golden.lines_of(page, beside), beside).kind
            got = golden.chosen(page, beside)
            if told != layout.kind:
                found.append(f"example {number}: it is taken for {told}, so that the layout is never asked: add a keyword to the kind")
            if got is None or got.id != layout.id:
                found.append(f"example {number}: its words choose {'no layout' if got is None else got.id}: correct the keys")
            found += [f"example {number}: {problem}" for problem in golden.problems(page, beside, layout)]
        return found

    def breaks(self, layout: Layout) -> list[str]:
        """Golden pairs of other layouts that would be read worse if this one were live."""
        beside, found = self._beside(layout), []
        for other in self.layouts():
            if other.layout.id == layout.id or other.layout.kind != layout.kind or other.layout.status not in ("live", "shadow"):
                continue
            for page in self.golden(other.layout.id):
                was, now = golden.chosen(page, self.knowledge), golden.chosen(page, beside)
                worse = set(golden.problems(page, beside, now)) - set(golden.problems(page, self.knowledge, was))
                found += [f"example of {other.layout.id}: {problem}" for problem in sorted(worse)]
        return found

    def learn(self, pages: Sequence[BoxedPage], *, layout_id: str, title: str = "", owner: str = "reading") -> Proposal:
        """Learn a layout from corrected pages of one form; nothing is written. Raises LayoutIdInvalid, PagesDoNotBelongTogether."""
        if not _ID.fullmatch(layout_id):
            raise LayoutIdInvalid(f"{layout_id!r} is no layout id: take 3 to 80 small letters, digits and underscores, a letter first")
        kind = self.knowledge.kinds.get(pages[0].kind) if pages else None
        name = Title(
            zh=title or f"{kind.title.zh if kind else ''}（由更正学得）",
            en=f"{kind.title.en if kind else 'Page'}: learnt form {layout_id}",
        )
        others = [page for kept in self.layouts() if kept.layout.status != "retired" for page in self.golden(kept.layout.id)]
        return learn(pages, self.knowledge, id=layout_id, title=name, owner=owner, others=others)

    def save(self, proposal: Proposal) -> Path:
        """Write a learnt layout (status draft) with its golden pairs. Raises LayoutTaken when one of its id is in use already."""
        layout = proposal.layout
        if layout is None:
            raise LayoutNotProven("nothing was learnt, so there is no layout to write: see what could not be learnt, and why")
        for kept in self.layouts():
            if kept.layout.id == layout.id and kept.layout.status != "draft":
                raise LayoutTaken(f"layout {layout.id} is {kept.layout.status} already: choose another id", data={"layout": layout.id})
        own = self._own_folder()
        examples = own / EXAMPLES / layout.id
        for old in examples.glob("*.json"):
            old.unlink()
        for number, page in enumerate(proposal.golden, start=1):
            _write(examples / f"{number}.json", page.model_dump_json(exclude_defaults=True) + "\n")
        data = layout.model_dump(mode="json", exclude_defaults=True)
        file = own / FOLDER / f"{layout.id}.yaml"
        _write(file, yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=140))
        self._forget()
        return file

    def promote(self, layout_id: str, *, to: LayoutState) -> Kept:
        """Move a layout along its life; before it is read at all its golden pairs must hold, before it is live no other may break.

        Raises LayoutUnknown, LayoutMoveNotAllowed, LayoutNotProven, KnowledgeError.
        """
        kept = self.get(layout_id)
        new = move(layout_id, LayoutState(kept.layout.status), to)
        layout = kept.layout.model_copy(update={"status": new.value})
        if new in (LayoutState.SHADOW, LayoutState.LIVE):
            check_layout(layout, self.knowledge.kinds)
            wrong = self.problems(layout, self.golden(layout_id)) + (self.breaks(layout) if new is LayoutState.LIVE else [])
            if wrong:
                more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
                raise LayoutNotProven(f"layout {layout_id} stays {kept.layout.status}: {wrong[0]}{more}", data={"layout": layout_id})
        text = _STATUS.sub(f"status: {new.value}", kept.file.read_text(encoding="utf-8"), count=1)
        target = self._own_folder() / self._relative(kept.file)
        if parse_text(text, Layout, name=str(target)).status != new.value:
            raise LayoutNotProven(f"{kept.file}: its status does not stand on a line of its own: write it as status: {new.value}")
        _write(target, text)
        self._forget()
        return self.get(layout_id)

    def _beside(self, layout: Layout) -> Knowledge:
        """What is known, with this layout live."""
        live = [each for each in self.knowledge.layouts if each.id != layout.id]
        return self.knowledge.with_layouts(live=(*live, layout.model_copy(update={"status": "live"})))

    def _example_files(self, layout_id: str) -> list[Path]:
        if not _ID.fullmatch(layout_id):
            return []
        found: dict[str, Path] = {}
        for folder in self._folders:
            found |= {path.name: path for path in sorted((folder / EXAMPLES / layout_id).glob("*.json"))}
        return list(found.values())

    def _relative(self, file: Path) -> Path:
        return next(file.relative_to(folder) for folder in reversed(self._folders) if file.is_relative_to(folder))

    def _own_folder(self) -> Path:
        if self._own is None:
            raise NoOwnFolder(
                "there is no rulebook folder of your own: name the data folder (anpei --home FOLDER), whose rulebook/ is used"
            )
        return self._own

    def _forget(self) -> None:
        self.__dict__.pop("knowledge", None)


def _write(file: Path, text: str) -> None:
    """A file as a whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)
