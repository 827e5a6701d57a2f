"""The report of a replay (回溯报告): counts with titles as JSON, differences and proposals as Parquet and JSON, and one page.

Nothing is paid from here. What was paid too little is a list of proposals that a person with the authority signs; what was paid too much is
told to a person and never taken back by itself. Automation rates stand beside the words that their leak is not known (ADR 0025).
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from anpei.claims.replay.changes import Changes
from anpei.claims.replay.comparing import DIFFERENCES
from anpei.claims.replay.page import page
from anpei.claims.replay.parts import FULL, NoRoom
from anpei.claims.replay.passes import OpenedPass
from anpei.claims.replay.schema import DAY, TEXT, WHOLE
from anpei.claims.replay.tally import Tally
from anpei.kernel.errors import NotFound

TOP = 50
"""Rules, payments, changed lanes and unread rows that the report names; all of them stand in the Parquet files."""
PROPOSALS = pa.schema(
    [
        ("claim_no", TEXT), ("policy", TEXT), ("insurer", TEXT), ("product_id", TEXT), ("occurred_on", DAY), ("line", TEXT),
        ("coverage", TEXT), ("paid_fen", WHOLE), ("due_fen", WHOLE), ("difference_fen", WHOLE), ("claim_difference_fen", WHOLE),
        ("reasons", pa.list_(TEXT)), ("rule_ids", pa.list_(TEXT)), ("uses_change", pa.bool_()),
    ]
)  # fmt: skip
"""One row a line whose amount is another one. ``uses_change``: the claim uses more or less of a limit now, so later claims of the same
policy may change too."""
FILES = ("differences.parquet", "supplements.parquet", "supplements.json", "overpaid.parquet", "summary.json", "report.html")


@dataclass(frozen=True, slots=True)
class Replayed:
    """All that a report is made of."""

    tally: Tally
    changes: Changes
    passes: tuple[OpenedPass, OpenedPass]
    simulated: bool
    claims: str


def summary_of(replayed: Replayed, differences: Callable[[], Iterable[pa.Table]]) -> dict[str, Any]:
    """The report as plain data."""
    tally = replayed.tally
    return {
        "report": "anpei.replay/1", "simulated": replayed.simulated, "claims_file": replayed.claims,
        **{side: _pass_data(opened) for side, opened in zip(("old", "new"), replayed.passes, strict=True)},
        "changes": replayed.changes.counts(),
        "counts": {name: value for name, value in tally.items() if not isinstance(value, Mapping)},
        "automation": _automation(tally), "products": _titled(tally["products"], _product_titles(replayed)),
        "reasons": _titled(tally.get("reasons", {}), _finding_titles(replayed)),
        "causes": tally.get("causes", {}), "moves": tally.get("moves", {}), "follows": tally["follows"],
        "rules": _top_rules(tally.get("rules", {}), replayed.passes), **_named(differences),
    }  # fmt: skip


def _pass_data(opened: OpenedPass) -> dict[str, Any]:
    return {"snapshot": opened.snapshot.id, "as_of": opened.snapshot.as_of.isoformat(), "knowledge": opened.key}


def _automation(tally: Tally) -> dict[str, Any]:
    """Rates in basis points over all past claims: on record, and with the difference that the new rules make."""
    claims, then = tally["claims"], tally["automatic_then"]
    after = then + tally.get("automatic_change", 0)
    return {
        "then": then, "after": after, "then_bp": _share(then, claims), "after_bp": _share(after, claims), "leak": "not known",
    }  # fmt: skip


def _share(part: int, whole: int) -> int | None:
    """A share in basis points, half up; None of nothing."""
    return (part * 20_000 + whole) // (2 * whole) if whole else None


def _titled(counts: Mapping[str, Any], titles: Mapping[str, tuple[str, str]]) -> list[dict[str, Any]]:
    found = [
        {"id": name, "title_zh": titles.get(name, (name, name))[0], "title_en": titles.get(name, (name, name))[1], **values}
        for name, values in counts.items()
    ]
    return sorted(found, key=lambda row: (-row.get("differ", 0), -row.get("new", 0) - row.get("old", 0), row["id"]))


def _product_titles(replayed: Replayed) -> dict[str, tuple[str, str]]:
    return {file.id: (file.title.zh, file.title.en) for opened in replayed.passes for file in opened.products.files()}


def _finding_titles(replayed: Replayed) -> dict[str, tuple[str, str]]:
    return {code: (kind.title_zh, kind.title_en) for opened in replayed.passes for code, kind in opened.table.kinds.items()}


def _top_rules(counts: Mapping[str, Mapping[str, int]], passes: tuple[OpenedPass, OpenedPass]) -> list[dict[str, Any]]:
    """The rules that differ for most claims, with their titles."""
    first = sorted(counts.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))[:TOP]
    return [
        {"rule_id": rule, "new": count.get("new", 0), "gone": count.get("gone", 0), **_told_rule(rule, passes)} for rule, count in first
    ]


def _told_rule(rule_id: str, passes: tuple[OpenedPass, OpenedPass]) -> dict[str, Any]:
    for opened in reversed(passes):
        try:
            row = opened.snapshot.row(rule_id)
        except NotFound:
            continue
        title = opened.snapshot.templates[row.template_id].file.title
        return {
            "template": row.template_id, "subject": row.subject, "title": row.title, "title_zh": title.zh, "title_en": title.en,
            "document": row.source.document,
        }  # fmt: skip
    return {"template": "", "subject": "", "title": "", "title_zh": rule_id, "title_en": rule_id, "document": ""}


def _named(differences: Callable[[], Iterable[pa.Table]]) -> dict[str, Any]:
    """The claims that the report names: the largest proposals, the first whose lane changed, the first that could not be read."""
    found: dict[str, list[dict[str, Any]]] = {"supplements": [], "overpaid": [], "lanes": [], "unread": []}
    for table in differences():
        for follows, name in (("supplement", "supplements"), ("overpaid", "overpaid")):
            rows = table.filter(pc.equal(table["follows"], follows)).sort_by([("difference_fen", "descending")])
            rows = rows.slice(0, TOP) if name == "supplements" else rows.slice(max(len(rows) - TOP, 0))
            found[name] = sorted([*found[name], *(_brief(row) for row in rows.to_pylist())], key=lambda row: -abs(row["difference_fen"]))[
                :TOP
            ]
        if len(found["lanes"]) < TOP:
            moved = table.filter(pc.not_equal(table["old_lane"], table["new_lane"]).fill_null(False))
            found["lanes"] += [_brief(row) for row in moved.slice(0, TOP - len(found["lanes"])).to_pylist()]
        if len(found["unread"]) < TOP:
            unread = table.filter(pc.equal(table["follows"], "unread")).slice(0, TOP - len(found["unread"]))
            found["unread"] += [
                {"claim_no": row["claim_no"], "code": row["new_problem"] or row["old_problem"], "told": row["told"]}
                for row in unread.to_pylist()
            ]
    return {f"top_{name}": rows for name, rows in found.items()}


def _brief(row: Mapping[str, Any]) -> dict[str, Any]:
    names = (
        "claim_no",
        "product_id",
        "then_fen",
        "difference_fen",
        "old_lane",
        "new_lane",
        "causes",
        "rules_new",
        "rules_gone",
        "new_reasons",
    )
    found = {name: row[name] for name in names}
    found["due_fen"] = None if row["difference_fen"] is None else row["difference_fen"] + (row["then_fen"] or 0)
    return found


# --- files -----------------------------------------------------------------------------------------------------------


def write_report(out: Path, *, replayed: Replayed, differences: Callable[[], Iterable[pa.Table]]) -> dict[str, Any]:
    """Write all files of the report into ``out``, each whole; the summary. Raises NoRoom: then the former files stay as they are."""
    summary = summary_of(replayed, differences)
    with _beside(out) as working:
        _write_tables(working, differences)
        (working / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
        (working / "report.html").write_text(page(summary), encoding="utf-8")
        for name in FILES:
            (working / name).replace(out / name)
    return summary


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A folder in ``out`` that is taken away again. A full disk is told as such."""
    working = Path(tempfile.mkdtemp(prefix=".report-", dir=out))
    try:
        yield working
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise NoRoom(f"the disk of {out} is full: make room and run the same command again; finished parts are kept") from error
    finally:
        shutil.rmtree(working, ignore_errors=True)


def _write_tables(working: Path, differences: Callable[[], Iterable[pa.Table]]) -> None:
    """Differences, proposals and what was paid too much; the proposals as JSON, one object a line of a list, too."""
    with (
        pq.ParquetWriter(working / "differences.parquet", DIFFERENCES, compression="zstd") as all_of_them,
        pq.ParquetWriter(working / "supplements.parquet", PROPOSALS, compression="zstd") as supplements,
        pq.ParquetWriter(working / "overpaid.parquet", PROPOSALS, compression="zstd") as overpaid,
        (working / "supplements.json").open("w", encoding="utf-8") as listed,
    ):
        listed.write("[")
        before = "\n"
        for table in differences():
            all_of_them.write_table(table)
            overpaid.write_table(pa.Table.from_pylist(list(_proposals(table, "overpaid")), schema=PROPOSALS))
            rows = list(_proposals(table, "supplement"))
            supplements.write_table(pa.Table.from_pylist(rows, schema=PROPOSALS))
            for row in rows:
                listed.write(before + json.dumps({**row, "occurred_on": row["occurred_on"].isoformat()}, ensure_ascii=False))
                before = ",\n"
        listed.write("\n]\n")


def _proposals(table: pa.Table, follows: str) -> Iterator[dict[str, Any]]:
    for row in table.filter(pc.equal(table["follows"], follows)).to_pylist():
        for line in row["lines"]:
            yield {
                **{name: row[name] for name in ("claim_no", "policy", "insurer", "product_id", "occurred_on", "uses_change")}, **line,
                "difference_fen": line["due_fen"] - line["paid_fen"], "claim_difference_fen": row["difference_fen"],
                "reasons": row["causes"], "rule_ids": [*row["rules_new"], *row["rules_gone"]],
            }  # fmt: skip
