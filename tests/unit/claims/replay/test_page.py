"""The report's page stands alone, says what is simulated, and every text of it is there in both languages."""

import json
import re
from pathlib import Path
from string import Formatter

import pytest

from anpei.claims.replay import operations, page
from anpei.claims.replay._words import WORDS
from anpei.claims.replay.operations import Order
from tests.factories import replays


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    operations.replay(Order(replays.work(), replays.write(folder), folder / "out"), progress=lambda _done, _whole: None)
    return folder / "out"


def test_nothing_is_loaded_from_elsewhere(report: Path) -> None:
    text = (report / "report.html").read_text()
    assert re.findall(r"(?:src|href|url|@import)\s*[=(]\s*[\"']?(?!#)[^\"')\s]+", text) == []
    assert "<script" not in text


def test_figures_say_that_they_are_simulated_and_that_the_leak_is_not_known(report: Path) -> None:
    text = (report / "report.html").read_text()
    assert "模拟数据" in text
    assert "Simulated data" in text
    assert "漏损：尚不可知" in text
    assert json.loads((report / "summary.json").read_text())["automation"]["leak"] == "not known"


def test_every_text_is_there_in_both_languages(report: Path) -> None:
    text = (report / "report.html").read_text()
    assert text.count('<span class="zh">') == text.count('<span class="en" lang="en">') > 40
    for zh, en in WORDS.values():
        assert {name for _, name, *_ in Formatter().parse(zh)} == {name for _, name, *_ in Formatter().parse(en)}
        assert re.search(r"[一-鿿]", zh)
        assert not re.search(r"[一-鿿]", en)


def test_the_supplements_are_listed_ready_to_be_signed(report: Path) -> None:
    summary = json.loads((report / "summary.json").read_text())
    rows = json.loads((report / "supplements.json").read_text())
    assert summary["counts"]["supplements"] == len({row["claim_no"] for row in rows}) > 0
    assert sum(row["difference_fen"] for row in rows) == summary["counts"]["supplement_fen"]
    assert all(row["difference_fen"] == row["due_fen"] - row["paid_fen"] for row in rows)
    assert {reason for row in rows for reason in row["reasons"]} == {"catalogue"}


def test_rules_that_differ_carry_id_title_and_source(report: Path) -> None:
    first = json.loads((report / "summary.json").read_text())["rules"][0]
    assert re.fullmatch(r"r[0-9a-f]{32}", first["rule_id"])
    assert (first["template"], first["document"], first["gone"]) == ("sex", "synthetic-new", 0)
    assert first["new"] > 0


def test_what_is_filled_in_is_escaped() -> None:
    assert "&lt;b&gt;" in page.both("<b>", "x")


@pytest.mark.parametrize(("fen", "told"), [(123456, "¥1,234.56"), (-5, "−¥0.05"), (0, "¥0.00"), (None, "—")])
def test_amounts_are_written_as_people_read_them(fen: int | None, told: str) -> None:
    assert page.yuan(fen) == told
