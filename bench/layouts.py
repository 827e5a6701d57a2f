"""What understanding a page costs (without optical reading) as the library grows to 300 kinds and 10,200 layouts; loading it."""

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

import yaml

from anpei.engines.knowledge import Rulebook, shipped_rulebook
from anpei.reading._files.pdf import open_pdf
from anpei.reading._sense import kinds as kinds_of
from anpei.reading._sense.interpret import Meaning, interpret
from anpei.reading._sense.labels import Labels
from anpei.reading._sense.lines import make_lines
from anpei.reading._sense.schema import FieldChange, Kind, Knowledge, Layout, Title, load_knowledge
from anpei.reading._sight.boxes import TextBox, corrected
from anpei.reading._sight.words import words_of
from anpei.reading.layouts.forms import LayoutKeys
from anpei.samples import pages
from anpei.samples.layouts import LAYOUTS, PROVINCES
from bench.command import module
from bench.figures import Figure, Report, median_of, rounded

FORMS = ("outpatient_receipt/known-a", "inpatient_receipt/known-c", "fee_list/known-a", "discharge_summary/known-a")
"""Forms whose pages are understood; each has a layout of its own in every library, so that the smallest has four."""

KINDS, A_KIND = 300, 34
SIGNS = "安白柏卞车辰池楚丹淳邓鄂范枫甘皋耿谷桂郝衡弘扈淮惠姬嘉简靖隽凯柯匡澜黎廉凌麓蔓茂密闵沐宁沛平祁乾青曲冉荣睿莎善韶莘舒朔"
"""What invented names are made of."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A page as text boxes, with its kind."""

    kind: str
    boxes: tuple[TextBox, ...]


def measure(report: Report, *, quick: bool, seconds: float) -> None:
    """The same four pages by libraries of 4, 1,000 and 10,200 layouts (of the kinds that there are), then of 300 kinds."""
    rounds, begun = 3 if quick else 9, time.monotonic()
    known = load_knowledge(shipped_rulebook())
    papers = [_paper(form) for form in FORMS]
    own = [_own_layout(number, paper, known) for number, paper in enumerate(papers)]
    many = _with_kinds(known, KINDS)
    libraries = {
        "4": known.with_layouts(live=own),
        "1000": known.with_layouts(live=[*own, *_invented(known, 1000 - len(own))]),
        "10200": known.with_layouts(live=[*own, *_invented(known, KINDS * A_KIND - len(own))]),
        "10200_of_300_kinds": many.with_layouts(live=[*own, *_invented(many, KINDS * A_KIND - len(own))]),
    }
    filed = {name: _filing(library) for name, library in libraries.items()}
    costs = _costs(libraries, papers, rounds, deadline=begun + 0.6 * seconds)
    told = {name: _said(library, papers) for name, library in libraries.items()}
    for name, values in costs.items():
        ratio = min(values) / min(costs["4"])
        details = {"kinds": len(libraries[name].kinds), "filing_s": rounded(filed[name]), "same_readings": told[name] == told["4"]}
        details["own_layout_chosen"] = sum(layout == f"own_{number}" for number, (_, layout, _) in enumerate(told[name]))
        report.show(median_of(f"layouts.page_cpu_{name}", values, "CPU-s", ratios={"of_4_layouts": ratio}, details=details))
    parts = _parts(libraries["10200_of_300_kinds"], papers)
    report.show(Figure("layouts.choosing_cpu", rounded(parts.pop("layout")), "CPU-s", ratios=parts))
    _loading(report, libraries["10200"].layouts if not quick else libraries["1000"].layouts)


def _paper(form: str) -> Paper:
    """A drawn page of a form, as its PDF's own text."""
    drawn = pages.draw(form, pages.document_for(LAYOUTS[form], Random(form)), seed=form, effect="pdf")[0]
    return Paper(drawn.kind, tuple(words_of(open_pdf(drawn.data, form).text(1).glyphs)))


def _own_layout(number: int, paper: Paper, known: Knowledge) -> Layout:
    """A layout that the page chooses: its keys are labels that it carries."""
    lines = make_lines([corrected(box, known.misread) for box in paper.boxes])
    labels = [hit.label for hit in Labels(known.specs[paper.kind], ()).search(lines) if hit.colon and len(hit.label) > 2]
    return _layout(f"own_{number}", paper.kind, LayoutKeys(words=tuple(dict.fromkeys(labels))[:4]), {})


def _invented(known: Knowledge, count: int) -> list[Layout]:
    """Layouts in turn for every kind that has fields: own province, hospital and label beside words that all forms of it carry."""
    random, names = Random(count), [kind for kind in known.kinds if known.specs[kind]]
    provinces = sorted(PROVINCES)
    made = []
    for number in range(count):
        kind = names[number % len(names)]
        fields = list(known.specs[kind])
        own = "".join(random.choices(SIGNS, k=2)) + random.choice(("编号", "流水", "日期", "数额"))
        hospital = "".join(random.choices(SIGNS, k=2)) + random.choice(("市", "县")) + random.choice(("人民医院", "中医院", "第一医院"))
        words = [label.text for name in fields[:2] for label in known.specs[kind][name].all_labels[:1]]
        keys = LayoutKeys(words=(*words, own), province=(provinces[number % len(provinces)],), hospital=(hospital,))
        made.append(_layout(f"form_{number}", kind, keys, {random.choice(fields): FieldChange(labels=(own,))}))
    return made


def _layout(id_: str, kind: str, keys: LayoutKeys, fields: Mapping[str, FieldChange]) -> Layout:
    title = Title(zh=f"版式 {id_}", en=f"Form {id_}")
    return Layout(id=id_, kind=kind, title=title, status="live", owner="bench", reference="invented", keys=keys, fields=dict(fields))


def _with_kinds(known: Knowledge, count: int) -> Knowledge:
    """As many kinds: those there are, and copies of them whose words begin with other signs."""
    random, made, specs = Random(count), dict(known.kinds), dict(known.specs)
    for number, kind in zip(range(len(known.kinds), count), list(known.kinds.values()) * count, strict=False):
        name = "".join(random.choices(SIGNS, k=2))
        keywords = tuple(word.model_copy(update={"text": name + word.text[1:]}) for word in kind.keywords)
        made[f"kind_{number}"] = kind.model_copy(update={"id": f"kind_{number}", "keywords": keywords, "vetoes": ()})
        specs[f"kind_{number}"] = known.specs[kind.id]
    return _rebuilt(known, made, specs)


def _rebuilt(known: Knowledge, kinds: Mapping[str, Kind], specs: Mapping[str, object]) -> Knowledge:
    own = {name: getattr(known, name) for name in Knowledge.model_fields}
    return Knowledge.model_construct(**own | {"kinds": dict(kinds), "specs": dict(specs)})


def _filing(library: Knowledge) -> float:
    """Seconds of processor until all kinds' layouts are filed by their keys."""
    begun = time.process_time()
    for kind in library.kinds:
        if library.live_index.has(kind):
            kinds_of.tell_layout(kind, (), library)
    return time.process_time() - begun


def _costs(libraries: Mapping[str, Knowledge], papers: Sequence[Paper], rounds: int, *, deadline: float) -> dict[str, list[float]]:
    """What understanding a page took, for each library in turn, so that a busy machine is busy for all."""
    costs: dict[str, list[float]] = {name: [] for name in libraries}
    for number in range(rounds + 1):
        for name, library in libraries.items():
            begun = time.process_time()
            for paper in papers:
                _understood(paper, library)
            if number:
                costs[name].append((time.process_time() - begun) / len(papers))
        if number and time.monotonic() > deadline:
            break
    return costs


def _understood(paper: Paper, library: Knowledge) -> Meaning:
    return interpret(paper.boxes, library, source="text", place=lambda box: box)


def _said(library: Knowledge, papers: Sequence[Paper]) -> list[tuple[str, str, dict[str, str]]]:
    """Kind, layout and values of each page."""
    read = [_understood(paper, library) for paper in papers]
    return [(each.guess.kind, each.layout, {name: field.value for name, field in each.fields.items()}) for each in read]


def _parts(library: Knowledge, papers: Sequence[Paper]) -> dict[str, float]:
    """Processor seconds a page of choosing the layout, and the shares of choosing the kind and the layout in the whole."""
    took = {"kind": 0.0, "layout": 0.0, "whole": 0.0}
    for paper in papers:
        lines = tuple(make_lines([corrected(box, library.misread) for box in paper.boxes]))
        for name, work in (
            ("kind", partial(kinds_of.tell_kind, lines, library)),
            ("layout", partial(kinds_of.tell_layout, paper.kind, lines, library)),
            ("whole", partial(_understood, paper, library)),
        ):
            begun = time.process_time()
            for _ in range(5):
                work()
            took[name] += (time.process_time() - begun) / 5 / len(papers)
    shares = {"choosing_the_kind": took["kind"] / took["whole"], "choosing_the_layout": took["layout"] / took["whole"]}
    return {"layout": took["layout"], **shares}


def _loading(report: Report, layouts: Sequence[Layout]) -> None:
    """Reading and checking the library from its files, and what it holds in memory."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "layouts"
        target.mkdir()
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        for layout in layouts:
            data = layout.model_dump(mode="json", exclude_defaults=True)
            (target / f"{layout.id}.yaml").write_text(yaml.dump(data, Dumper=dumper, allow_unicode=True), encoding="utf-8")
        book, before, begun = Rulebook((*shipped_rulebook().folders, Path(folder))), _resident(), time.process_time()
        known = load_knowledge(book)
        took = time.process_time() - begun
        _filing(known)
        details = {"layouts": len(known.layouts), "with_filing_mb": rounded((_resident() - before) / 2**20)}
        report.show(Figure("layouts.library_load_cpu", rounded(took), "CPU-s", details=details))


def _resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096


if __name__ == "__main__":
    module(measure, seconds=60.0)
