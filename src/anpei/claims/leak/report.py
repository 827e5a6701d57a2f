"""The report (漏损报告): leak with its interval beside the automation rate, per stratum and in all, false alarms counted too.

The automation rate exists here only, as a part of a report: there is no way to ask for it without the leak that belongs to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anpei.claims.leak import queries
from anpei.claims.leak.estimate import Case, Leak, Sample, estimate
from anpei.claims.leak.model import Answer, TaskState, resolve
from anpei.claims.leak.queries import Draw
from anpei.claims.leak.rules import LeakRules
from anpei.claims.leak.selection import is_unattended, month_of
from anpei.engines.db import Connection

UNKNOWN = {"zh": "尚不可知", "en": "not known"}
SIMULATED = {"zh": "模拟数据", "en": "simulated"}


@dataclass(frozen=True, slots=True)
class Counts:
    """What was decided in the months of a report, and how the review of the drawn ones stands."""

    decided: int
    unattended: int
    paid_fen: int
    referred_decided: int
    referred_settled: int
    drawn: int
    answered: int
    cannot_tell: int
    differing: int
    false_alarms: int


@dataclass(frozen=True)
class LeakReport:
    """``leak`` is None while it is not known; ``why`` says which number is missing. ``strata``: name -> (sample, leak or None)."""

    periods: tuple[str, ...]
    counts: Counts
    leak: Leak | None
    why: tuple[str, str]
    strata: Mapping[str, tuple[Sample, Leak | None]]
    problems: tuple[str, ...]
    simulated: bool
    confidence_bp: int

    @property
    def automation_ppm(self) -> int | None:
        """Settled with nobody in the way, of all decided (parts per million). Show it with ``leak`` or with the words for not known."""
        return self.counts.unattended * 1_000_000 // self.counts.decided if self.counts.decided else None

    def to_dict(self) -> dict[str, Any]:
        """Plain data; the automation rate and the leak stand in one object."""
        counts = {name: getattr(self.counts, name) for name in Counts.__dataclass_fields__}
        return {
            "periods": list(self.periods), "simulated": self.simulated, "confidence_bp": self.confidence_bp, "counts": counts,
            "automation": {"rate_ppm": self.automation_ppm, "leak": self._told(self.leak, self.counts.paid_fen, self.why)},
            "strata": [
                {"stratum": name, "population": sample.population, "paid_fen": sample.paid_fen, "drawn": sample.drawn,
                 "answered": len(sample.cases), "leak": self._told(leak, sample.paid_fen, ("", ""))}
                for name, (sample, leak) in sorted(self.strata.items())
            ],
            "selection_problems": list(self.problems),
        }  # fmt: skip

    def _told(self, leak: Leak | None, paid_fen: int, why: tuple[str, str]) -> dict[str, Any]:
        if leak is None:
            return {"known": False, "zh": UNKNOWN["zh"], "en": UNKNOWN["en"], "why_zh": why[0], "why_en": why[1]}
        parts = {name: getattr(leak, name).to_dict(paid_fen=paid_fen) for name in ("over", "under", "net")}
        return {"known": True, **parts}


def make_report(conn: Connection, *, rules: LeakRules, insurer_id: str, insurer_code: str, months: Sequence[str] = ()) -> LeakReport:
    """The report over drawn months (all, or those named). Equal is what the rules of each draw say; today's say what may be shown."""
    draws = [draw for draw in queries.list_draws(conn, insurer_id=insurer_id) if not months or draw.period in months]
    parts = [_month(conn, draw) for draw in draws]
    counts = _sum([part for part, _ in parts])
    samples = _by_stratum([sample for _, found in parts for sample in found])
    why = _unknown_because(counts, rules)
    leak = None if why[0] else estimate([sample for _, found in parts for sample in found], confidence_bp=rules.confidence_bp)
    return LeakReport(
        periods=tuple(draw.period for draw in draws), counts=counts, leak=leak, why=why,
        strata={name: (sample, _of_stratum(sample, rules)) for name, sample in samples.items()},
        problems=tuple(problem for draw in draws for problem in queries.draw_problems(conn, draw=draw)),
        simulated=insurer_code in rules.simulated_insurers, confidence_bp=rules.confidence_bp,
    )  # fmt: skip


def _month(conn: Connection, draw: Draw) -> tuple[Counts, list[Sample]]:
    """One month by the rules that its draw was made with."""
    rules, month = LeakRules.model_validate(dict(draw.rules)), month_of(draw.period)
    frame = queries.list_frame(conn, insurer_id=draw.insurer_id, month=month)
    answers = queries.answers_of_draw(conn, draw_id=draw.id)
    tasks = queries.list_tasks(conn, draw_id=draw.id, states=tuple(TaskState))
    by_id = {decided.settlement_id: decided for decided in frame}
    cases: dict[str, list[Case]] = {str(stratum["name"]): [] for stratum in draw.strata}
    answered = cannot_tell = differing = false_alarms = 0
    for task in tasks:
        if task.state is not TaskState.CLOSED:
            continue
        decided = by_id[f"{task.claim_id}:{task.round}"]
        outcome = resolve(
            machine_fen=decided.total_fen, amounts=[answer.amount_fen for answer in _of(answers, task.id)],
            tolerance_fen=rules.tolerance_fen, most_answers=0,  # it is closed: the last answer stands
        )  # fmt: skip
        if outcome is None or outcome.amount_fen is None:
            cannot_tell += 1
            continue
        answered += 1
        false_alarms += outcome.false_alarm
        differing += outcome.amount_fen != decided.total_fen
        cases[task.stratum].append(Case(decided.total_fen, outcome.amount_fen, decided.claimed_fen))
    unattended = [decided for decided in frame if is_unattended(decided)]
    by_people = [decided for decided in frame if decided.by == "person" and decided.referred]
    counts = Counts(
        decided=len(frame), unattended=len(unattended), paid_fen=sum(decided.total_fen for decided in unattended),
        referred_decided=len(by_people), referred_settled=sum(1 for decided in by_people if decided.kind == "settle"), drawn=len(tasks),
        answered=answered, cannot_tell=cannot_tell, differing=differing, false_alarms=false_alarms,
    )  # fmt: skip
    samples = [
        Sample(str(one["name"]), int(one["population"]), int(one["paid_fen"]), len(one["drawn"]), tuple(cases[str(one["name"])]))
        for one in draw.strata
    ]
    return counts, samples


def _of(answers: Mapping[str, list[Answer]], task_id: str) -> list[Answer]:
    return answers.get(task_id, [])


def _sum(parts: Sequence[Counts]) -> Counts:
    return Counts(*(sum(getattr(part, name) for part in parts) for name in Counts.__dataclass_fields__))


def _by_stratum(samples: Sequence[Sample]) -> dict[str, Sample]:
    """The samples of several months, one a stratum, for the lines of the table; the whole is estimated month by month."""
    found: dict[str, Sample] = {}
    for one in samples:
        old = found.get(one.name)
        found[one.name] = one if old is None else Sample(
            one.name, old.population + one.population, old.paid_fen + one.paid_fen, old.drawn + one.drawn, old.cases + one.cases
        )  # fmt: skip
    return found


def _of_stratum(sample: Sample, rules: LeakRules) -> Leak | None:
    enough = len(sample.cases) >= rules.least_answered_stratum
    return estimate([sample], confidence_bp=rules.confidence_bp) if enough else None


def _unknown_because(counts: Counts, rules: LeakRules) -> tuple[str, str]:
    """Why the leak is not known, in both languages; empty when it is."""
    if not counts.drawn:
        return "还没有抽样", "nothing was drawn yet"
    if counts.answered < rules.least_answered:
        return (
            f"已复核 {counts.answered} 件，至少需要 {rules.least_answered} 件",
            f"{counts.answered} answered, at least {rules.least_answered} are needed",
        )
    if counts.answered * 10_000 < counts.drawn * rules.least_answered_share_bp:
        share = rules.least_answered_share_bp // 100
        return (
            f"抽中 {counts.drawn} 件，只复核了 {counts.answered} 件，至少需要 {share}%",
            f"{counts.answered} of {counts.drawn} drawn are answered, at least {share} % are needed",
        )
    return "", ""


def headline(report: LeakReport, *, lang: str) -> str:
    """One line for people: the automation rate and the leak, never one without the other."""
    rate = report.automation_ppm
    rate_text = "-" if rate is None else f"{rate / 10_000:.2f} %"
    if report.leak is None:
        leak_text = f"{UNKNOWN[lang]} ({report.why[lang == 'en']})"
    else:
        paid = report.counts.paid_fen
        shown = {name: getattr(report.leak, name).to_dict(paid_fen=paid) for name in ("over", "under")}
        words = {"over": {"zh": "多付", "en": "overpaid"}, "under": {"zh": "少付", "en": "underpaid"}}
        leak_text = ", ".join(f"{words[name][lang]} {_percent(told)}" for name, told in shown.items())
    mark = f" [{SIMULATED[lang]}]" if report.simulated else ""
    words_zh, words_en = f"自动化率 {rate_text}，漏损 {leak_text}{mark}", f"automation rate {rate_text}, leak {leak_text}{mark}"
    return words_zh if lang == "zh" else words_en


def _percent(told: Mapping[str, Any]) -> str:
    """The ratio to what was paid with its limits."""
    if told["ppm"] is None:
        return "-"
    return f"{told['ppm'] / 10_000:.2f} % ({told['low_ppm'] / 10_000:.2f}–{told['high_ppm'] / 10_000:.2f} %)"
