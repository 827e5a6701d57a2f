"""The report as one page: Chinese first, English by a switch, bars drawn as SVG, nothing loaded from elsewhere."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from anpei.claims.replay._words import CAUSES, LANES, WORDS
from anpei.kernel.money import Money

WIDTH = 1000
"""Units of a bar's drawing: it is stretched to the width that there is."""


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.update(say=say, both=both, lane=lane, cause=cause, bar=bar)
    made.filters.update(yuan=yuan, percent=percent, number=number)
    return made


def page(summary: Mapping[str, Any]) -> str:
    """The whole page of a summary (``report.summary_of``)."""
    return _environment().get_template("page.html.j2").render(s=summary, charts=_charts(summary))


def _charts(summary: Mapping[str, Any]) -> dict[str, Any]:
    """The rows of the charts: label, old and new, and the largest value of each chart."""
    money = [
        (both(row["title_zh"], row["title_en"]), row.get("old_settled_fen", 0), row.get("new_settled_fen", 0))
        for row in summary["products"]
    ]
    reasons = [(both(row["title_zh"], row["title_en"]), row.get("old", 0), row.get("new", 0)) for row in summary["reasons"]]
    moves = sorted(((_move(name), count, 0) for name, count in summary["moves"].items()), key=lambda row: -row[1])
    causes = [(cause(name), count.get("supplement_fen", 0), count.get("overpaid_fen", 0)) for name, count in summary["causes"].items()]
    return {name: _chart(rows) for name, rows in (("money", money), ("reasons", reasons), ("moves", moves), ("causes", causes))}


def _chart(rows: list[tuple[Markup, int, int]]) -> dict[str, Any]:
    kept = [row for row in rows if row[1] or row[2]][:12]
    return {"rows": kept, "most": max((max(row[1], row[2]) for row in kept), default=0)}


def _move(name: str) -> Markup:
    before, after = (LANES.get(part, (part, part)) for part in name.split(">"))
    return both(f"{before[0]} → {after[0]}", f"{before[1]} → {after[1]}")


# --- what the template calls -----------------------------------------------------------------------------------------


def both(zh: Any, en: Any) -> Markup:
    """A text in both languages; the switch shows one."""
    return Markup('<span class="zh">{}</span><span class="en" lang="en">{}</span>').format(zh, en)


def say(name: str, **values: Any) -> Markup:
    """A text of the page by its id, with values filled in."""
    zh, en = WORDS[name]
    return both(zh.format(**values), en.format(**values))


def lane(name: str | None) -> Markup:
    """The name of a lane."""
    return both(*LANES.get(name or "", (name or "—", name or "—")))


def cause(name: str) -> Markup:
    """The name of a cause."""
    return both(*CAUSES.get(name, (name, name)))


def bar(value: int, most: int, kind: str) -> Markup:
    """A bar as long as its share of the largest one."""
    length = value * WIDTH // most if most else 0
    length = max(length, 4) if value else 0
    return Markup(
        '<svg class="bar" viewBox="0 0 {} 10" preserveAspectRatio="none" aria-hidden="true"><rect class="{}" width="{}" height="10"/></svg>'
    ).format(WIDTH, kind, length)


def yuan(fen: int | None) -> str:
    """``¥1,234.56``; a dash for none."""
    if fen is None:
        return "—"
    sign = "−" if fen < 0 else ""
    whole, _, rest = Money(abs(fen)).decimal().partition(".")
    return f"{sign}¥{int(whole):,}.{rest}"


def percent(bp: int | None) -> str:
    """``12.34 %`` of basis points; a dash for none."""
    if bp is None:
        return "—"
    sign = "−" if bp < 0 else ""
    return f"{sign}{abs(bp) // 100}.{abs(bp) % 100:02} %"


def number(value: int) -> str:
    """A whole number with its thousands apart."""
    return f"{value:,}"
