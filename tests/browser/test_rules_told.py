"""A rule that was met stands on the claim's page: in one sentence, and for staff with its row, its source and the values it read."""

from datetime import date

from playwright.sync_api import Page

from anpei.records.catalogues import queries as catalogues
from anpei.records.catalogues.compiling import source_of
from anpei.rules.model import RuleRow, Source, rule_id_for
from anpei.rules.snapshots.compiling import compile_snapshot
from anpei.rules.snapshots.publication import publish_snapshot
from anpei.rules.templates.library import load_templates
from tests.browser.conftest import fits, sign_in
from tests.factories import cases
from tests.factories.doors import Doors
from tests.factories.platforms import hand_in

SINCE = date(2020, 1, 1)


def only_for_children(doors: Doors) -> None:
    """Bring a rule into use by which an item of the clean case is for children only."""
    platform = doors.platform
    values = {"age_max_years": 14}
    rule_id = rule_id_for(template_id="age", subject=cases.VISIT, parameters=values, valid_from=SINCE, document="某省医保局〔2020〕1号")
    row = RuleRow(rule_id, "age", cases.VISIT, values, SINCE, Source("某省医保局〔2020〕1号", line=7), title="普通门诊诊查费")
    with platform.database.read() as conn:
        catalogue = source_of(catalogues.snapshot_rows(conn))
    root = platform.settings.home / "snapshots"
    snapshot = compile_snapshot([row], load_templates(platform.rulebook), catalogue, root, as_of=SINCE)
    publish_snapshot(root=root, snapshot_id=snapshot.id)


def test_a_met_rule_is_told_with_what_it_stands_on(page: Page, served: tuple[Doors, str]) -> None:
    doors, address = served
    only_for_children(doors)
    claim_id = hand_in(doors.platform)
    doors.platform.worker.run_due()
    sign_in(page, served, "supervisor")
    page.goto(f"{address}/claims/{claim_id}")
    told = page.locator("details.rules")
    told.locator("summary").click()
    text = told.inner_text()
    assert "规则与依据（1 条）" in text
    assert "周岁及以下使用，就诊人34周岁。涉及金额 ¥10.00。" in text
    assert "来源：某省医保局〔2020〕1号 第 7 行；2020-01-01 起" in text
    assert "读到的值：年龄（天） = " in text
    assert fits(page)
