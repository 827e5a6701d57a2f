"""Other engines read the same pages: RapidOCR with its defaults, and tesseract with simplified Chinese where it is installed.

Characters right are 1 minus the edit distance of each printed piece of text, as a part of all that was read, over all characters
printed. RapidOCR runs with its own settings but for one thread, as CPU-seconds of spinning threads would count against it.
"""

import logging
import os
import shutil
import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from anpei.engines.knowledge import Rulebook
from anpei.samples.exactness.measure import Bench, Plan, Progress
from anpei.samples.exactness.score import folded
from anpei.samples.pages import Page

Read = Callable[[bytes], str]
OURS = "anpei"
LANGUAGE = "chi_sim"
_SECONDS = 120


@dataclass(slots=True)
class Tally:
    """What one engine read of what was printed, by condition."""

    characters: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    pieces: int = 0
    whole: int = 0
    cpu: list[float] = field(default_factory=list)

    def count(self, page: Page, text: str, seconds: float) -> None:
        """One page."""
        read = folded(text)
        self.cpu.append(seconds)
        for printed in (folded(piece) for piece in page.texts):
            if printed:
                distance = distance_within(printed, read)
                self.characters[page.effect] = self.characters.get(page.effect, 0) + len(printed)
                self.wrong[page.effect] = self.wrong.get(page.effect, 0) + distance
                self.pieces += 1
                self.whole += distance == 0


def distance_within(piece: str, text: str) -> int:
    """The least edit distance between ``piece`` and any part of ``text``."""
    if not piece or piece in text:
        return 0
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    steps = np.arange(len(codes) + 1)
    above = np.zeros(len(codes) + 1, dtype=np.int64)
    for char in piece:
        row = above + 1
        row[1:] = np.minimum(row[1:], above[:-1] + (codes != ord(char)))
        above = np.minimum.accumulate(row - steps) + steps
    return int(above.min())


def compare(plan: Plan, rulebook: Rulebook, *, progress: Progress | None = None) -> dict[str, Any]:
    """Let every engine read the plan's pages. Raises UnknownSet, NothingToMeasure, UnknownEffect."""
    bench = Bench(rulebook)
    engines: dict[str, Read] = {"rapidocr, defaults": _rapidocr()}
    why = missing_tesseract()
    if why is None:
        engines["tesseract chi_sim"] = _tesseract
    tallies = {name: Tally() for name in (OURS, *engines)}
    tasks, pages = plan.tasks(), 0
    for done, task in enumerate(tasks, start=1):
        for page in (drawn for drawn in task.draw() if drawn.texts):
            pages += 1
            begun = _used()
            bench.machine.read_page(page.data, "photo.jpg", 1)
            whole = _used() - begun
            tallies[OURS].count(page, _our_text(bench, page), whole)
            for name, read in engines.items():
                begun = _used()
                text = read(page.data)
                tallies[name].count(page, text, _used() - begun)
        if progress is not None:
            progress(done, len(tasks))
    return {
        "benchmark": "reading side by side",
        "set": plan.which,
        "seed": plan.seed,
        "conditions": list(plan.conditions),
        "pages": pages,
        "engines": {name: _figures(tally, tallies[OURS]) for name, tally in tallies.items()},
        "skipped": {} if why is None else {"tesseract chi_sim": why},
    }


def _figures(tally: Tally, ours: Tally) -> dict[str, Any]:
    characters, cpu = sum(tally.characters.values()), statistics.fmean(tally.cpu) if tally.cpu else 0.0
    mine = statistics.fmean(ours.cpu) if ours.cpu else 0.0
    return {
        "characters": characters,
        "character_accuracy": round(1 - sum(tally.wrong.values()) / characters, 4) if characters else None,
        "by_condition": {name: round(1 - tally.wrong[name] / there, 4) for name, there in tally.characters.items()},
        "pieces_whole": round(tally.whole / tally.pieces, 4) if tally.pieces else None,
        "cpu_mean": round(cpu, 3),
        "cpu_ratio": round(cpu / mine, 2) if mine else None,
    }


def _used() -> float:
    """CPU-seconds of this process and of the children it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _our_text(bench: Bench, page: Page) -> str:
    """What stands in the boxes of a page; an empty page has none."""
    try:
        return "".join(box[0] for box in bench.machine.boxes(page.data, "photo.jpg", 1).boxes)
    except ValueError:
        return ""


def _rapidocr() -> Read:
    """RapidOCR as it comes, on one thread."""
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    from rapidocr import RapidOCR

    threads = "EngineConfig.onnxruntime.{}_op_num_threads"
    engine: Any = RapidOCR(params={"Global.log_level": "critical", threads.format("intra"): 1, threads.format("inter"): 1})

    def read(data: bytes) -> str:
        found = engine(cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR))
        return "".join(found.txts or ())

    return read


def missing_tesseract() -> str | None:
    """Why tesseract cannot be compared; None when it can."""
    program = shutil.which("tesseract")
    if program is None:
        return "tesseract is not installed: apt-get install tesseract-ocr tesseract-ocr-chi-sim"
    told = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603 - ours
    if LANGUAGE not in told.stdout.split():
        return "tesseract lacks simplified Chinese: apt-get install tesseract-ocr-chi-sim"
    return None


def _tesseract(data: bytes) -> str:
    command = [shutil.which("tesseract") or "tesseract", "stdin", "stdout", "-l", f"{LANGUAGE}+eng"]
    one_thread = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        told = subprocess.run(command, input=data, capture_output=True, timeout=_SECONDS, check=False, env=one_thread)  # noqa: S603 - ours
    except subprocess.TimeoutExpired:
        return ""
    return told.stdout.decode(errors="replace")


def table(told: Mapping[str, Any], *, on: str) -> str:
    """The comparison as Markdown; ``on`` is the day of the measurement."""
    conditions: Sequence[str] = told["conditions"]
    lines = [
        f"Set `{told['set']}`, {told['pages']} pages, seed {told['seed']}, measured on {on}; one thread each.",
        "",
        " | ".join(["| engine", "characters right", "pieces whole", *conditions, "CPU-s a page", "times ours |"]),
        "|" + "---|" * (5 + len(conditions)),
    ]
    for name, each in told["engines"].items():
        shares = [each["character_accuracy"], each["pieces_whole"], *(each["by_condition"].get(condition) for condition in conditions)]
        shown = ["–" if value is None else f"{value * 100:.1f} %" for value in shares]
        lines.append(" | ".join([f"| {name}", *shown, f"{each['cpu_mean']:.2f}", f"{each['cpu_ratio']:.1f} |"]))
    lines += [f"\nSkipped: {name}: {why}." for name, why in told["skipped"].items()]
    return "\n".join(lines) + "\n"
