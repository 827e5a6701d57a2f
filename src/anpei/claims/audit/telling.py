"""Rule hits in words (规则命中说明), on demand, at two depths: a sentence for the customer; for the auditor all that it stands on.

Nothing is stored as text: a hit is ids and bound values, the template has the sentences, the snapshot the sources.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from anpei.kernel.money import Money
from anpei.rules.model import Action, RuleRow, Severity
from anpei.rules.snapshots.snapshot import Snapshot
from anpei.rules.templates.forms import FactNeed
from anpei.rules.templates.library import Language, sentence, word
from anpei.rules.templates.template import Template

Depth = Literal["customer", "auditor"]
HIDDEN = "******"
_SAID: Mapping[str, Mapping[Language, str]] = {
    "at_stake": {"zh": "涉及金额 {amount}。", "en": "It concerns {amount}."},
    "ask": {"zh": "仅凭单据不能认定，由专人核对。", "en": "Papers alone cannot settle this: a person looks."},
    "open": {"zh": "“{title}”尚不能判断：不知道{missing}。", "en": "“{title}” cannot be judged yet: {missing} unknown."},
    "rule": {"zh": "规则 {id}：{title}；依据：{reference}", "en": "Rule {id}: {title}; basis: {reference}"},
    "row": {
        "zh": "条目 {id}：{item}；{values}；来源：{document} 第 {line} 行；{start} 起{end}",
        "en": "Row {id}: {item}; {values}; source: {document}, line {line}; from {start}{end}",
    },
    "until": {"zh": "，至 {end} 前", "en": " until before {end}"},
    "batch": {"zh": "（批次 {batch}）", "en": " (batch {batch})"},
    "facts": {"zh": "读到的值：{values}", "en": "Values read: {values}"},
    "acts": {"zh": "后果：{action}", "en": "What follows: {action}"},
    "snapshot": {"zh": "规则快照 {id}", "en": "Rule snapshot {id}"},
    "whole": {"zh": "整行不在责任内", "en": "the whole line falls outside"},
    "excess": {"zh": "仅超出部分", "en": "only what is above the limit"},
    "asked": {"zh": "交人核对，不影响金额", "en": "a person looks; no effect on the amount"},
}
_ACTIONS: Mapping[Action, str] = {Action.WHOLE: "whole", Action.EXCESS: "excess", Action.ASK: "asked"}
_NAMES: Mapping[str, Mapping[Language, str]] = {
    "subject.day": {"zh": "收费日期", "en": "the day of the charge"},
    "subject.amount": {"zh": "金额", "en": "the amount"},
    "subject.quantity": {"zh": "数量", "en": "the quantity"},
    "subject.name": {"zh": "名称", "en": "the name"},
    "label.code": {"zh": "诊断编码", "en": "the code of the diagnosis"},
    "label.name": {"zh": "诊断名称", "en": "the name of the diagnosis"},
}


@dataclass(frozen=True, slots=True)
class ToldHit:
    """A hit, or rows that an unknown value left undecided, in words.

    ``subjects``: ids of what it is about (lines ``bill/line``). ``at_stake_fen``: the sum of these lines, None where it is about no line:
    no more than this can the hit change. ``details``: for the auditor; empty for the customer.
    """

    finding: str
    template_id: str
    rule_ids: tuple[str, ...]
    subjects: tuple[str, ...]
    at_stake_fen: int | None
    text: str
    details: tuple[str, ...] = ()


def tell_hits(
    hits: Sequence[Mapping[str, Any]], *, facts: Mapping[str, Any], snapshot: Snapshot, language: Language, depth: Depth,
    covered: bool = False,
) -> tuple[ToldHit, ...]:  # fmt: skip
    """The hits of a case (plain, as the findings section keeps them) in words, in their order.

    ``snapshot``: the one they were found with. ``covered``: for a reader to whom medical values are not open: titles and all texts are
    covered, numbers stay, and there are no details (codes of items and diagnoses stand in them). Raises NotFound for a rule that the
    snapshot does not have.
    """
    amounts = {
        f"{bill['bill_id']}/{line['line_id']}": line["amount_fen"] for bill in facts.get("bills", ()) for line in bill["lines"]
    }  # fmt: skip
    return tuple(_Telling(hit, snapshot, language, covered).told(amounts, depth) for hit in hits)


class _Telling:
    def __init__(self, hit: Mapping[str, Any], snapshot: Snapshot, language: Language, covered: bool) -> None:
        self._hit, self._snapshot, self._language, self._covered = hit, snapshot, language, covered
        self._template: Template = snapshot.templates[hit["template"]]
        self._rows = [snapshot.row(rule_id) for rule_id in hit["rule_ids"]]

    def told(self, amounts: Mapping[str, int], depth: Depth) -> ToldHit:
        hit = self._hit
        named = [amounts[subject] for subject in dict.fromkeys(hit["subjects"]) if subject in amounts]
        at_stake = sum(named) if named else None
        return ToldHit(
            finding=hit["finding"], template_id=hit["template"], rule_ids=tuple(hit["rule_ids"]), subjects=tuple(hit["subjects"]),
            at_stake_fen=at_stake, text=self._text(at_stake),
            details=tuple(self._details()) if depth == "auditor" and not self._covered else (),
        )  # fmt: skip

    def _say(self, part: str, **words: str) -> str:
        return _SAID[part][self._language].format(**words)

    def _title(self) -> str:
        titles = dict.fromkeys(row.title for row in self._rows if row.title)
        return HIDDEN if self._covered else "、".join(titles) or getattr(self._template.file.title, self._language)

    def _text(self, at_stake: int | None) -> str:
        if "shown" not in self._hit:
            missing = "、".join(dict.fromkeys(self._name(name) for name in self._hit["missing"]))
            return self._say("open", title=self._title(), missing=missing)
        shown = {name: HIDDEN if self._covered and isinstance(value, str | list) else value for name, value in self._hit["shown"].items()}
        parts = [sentence(self._template, variant=self._hit["variant"], shown=shown, language=self._language)]
        if self._template.severity is Severity.SUSPICION:
            parts.append(self._say("ask"))
        elif at_stake:
            parts.append(self._say("at_stake", amount=str(Money(at_stake))))
        return ("" if self._language == "zh" else " ").join(parts)

    def _name(self, name: str) -> str:
        """What a value is called: a fact by the title that the template gives it."""
        needs: Mapping[str, FactNeed] = {f"fact.{need.name}": need for need in self._template.file.facts}
        title = needs[name].title if name in needs else None
        return getattr(title, self._language) if title is not None else _NAMES.get(name, {}).get(self._language, name)

    def _details(self) -> list[str]:
        """Rule with its basis, each row with its values and source, the values read, what follows, the snapshot."""
        file = self._template.file
        found = [self._say("rule", id=file.id, title=getattr(file.title, self._language), reference=file.reference)]
        found += [self._row(row) for row in self._rows]
        if "facts" in self._hit:
            values = [f"{self._name(name)} = {self._word(name, value)}" for name, value in sorted(self._hit["facts"].items())]
            found.append(self._say("facts", values="; ".join(values) or "—"))
            found.append(self._say("acts", action=self._say(_ACTIONS[self._template.action])))
        return [*found, self._say("snapshot", id=self._snapshot.id)]

    def _row(self, row: RuleRow) -> str:
        data = row.as_data()
        types = {parameter.name: parameter.type for parameter in self._template.file.parameters}
        values = [
            f"{name} = {word(self._template, value, kind=types[name], language=self._language)}"
            for name, value in sorted(data["parameters"].items())
        ]
        end = "" if row.valid_to is None else self._say("until", end=row.valid_to.isoformat())
        batch = self._say("batch", batch=row.source.batch) if row.source.batch else ""
        return self._say(
            "row", id=row.rule_id, item=row.subject, values="; ".join(values), document=row.source.document + batch,
            line=str(row.source.line), start=row.valid_from.isoformat(), end=end,
        )  # fmt: skip

    def _word(self, name: str, value: Any) -> str:
        needs = {f"fact.{need.name}": need.type for need in self._template.file.facts}
        kind = needs.get(name, "quantity" if name.endswith(".quantity") else "text")
        return word(self._template, value, kind=kind, language=self._language)
