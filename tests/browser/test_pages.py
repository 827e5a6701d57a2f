"""The pages in a browser, on a phone and on a desk: nothing overflows, values light their places, a claim moves by itself."""

from pathlib import Path

from playwright.sync_api import Page, expect

from anpei.claims.documents import queries as documents
from anpei.reading.model import Quality
from tests.browser.conftest import fits, sign_in
from tests.factories import cases, doors, platforms, readings
from tests.factories.doors import Doors
from tests.factories.platforms import get_claim, paper

Served = tuple[Doors, str]


def test_every_page_fits_and_the_amount_is_the_largest(page: Page, served: Served) -> None:
    opened, address = served
    claims = {"paid": doors.paid_claim(opened), "wanting": doors.wanting_claim(opened), "referred": doors.referred_claim(opened)}
    page.goto(f"{address}/sign-in")
    assert fits(page)
    sign_in(page, served, "handler")
    for lang in ("", "?lang=en"):
        for path in ("/claims", *(f"/claims/{claim_id}" for claim_id in claims.values()), "/claims/none"):
            page.goto(f"{address}{path}{lang}")
            assert fits(page), (path, lang)
    page.goto(f"{address}/claims/{claims['paid']}")
    sizes = page.evaluate(
        """() => Array.from(document.querySelectorAll('body *')).filter(e => e.childNodes.length && Array.from(e.childNodes)
        .some(n => n.nodeType === 3 && n.textContent.trim())).map(e => [parseFloat(getComputedStyle(e).fontSize), e.textContent.trim()])"""
    )
    largest = max(size for size, _ in sizes)
    assert {text for size, text in sizes if size == largest} == {"¥266.08"}


def test_a_value_lights_its_place_and_the_place_its_value(page: Page, served: Served) -> None:
    opened, address = served
    claim_id = doors.paid_claim(opened)
    sign_in(page, served, "handler")
    page.goto(f"{address}/claims/{claim_id}")
    row = page.locator('.read tr[data-key$=".total_amount"]')
    box = page.locator('.picture rect[data-key$=".total_amount"]')
    expect(box).not_to_have_class("lit")
    row.hover()
    expect(box).to_have_class("lit")
    page.mouse.move(0, 0)
    expect(box).not_to_have_class("lit")
    box.dispatch_event("mouseover")
    expect(row).to_have_class("lit")
    box.dispatch_event("mouseout")
    row.focus()
    expect(box).to_have_class("lit")
    assert page.evaluate("Array.from(document.images).every(i => i.naturalWidth === 1600 || !i.complete)")


def test_a_claim_moves_by_itself(page: Page, served: Served) -> None:
    opened, address = served
    claim_id = platforms.hand_in(opened.platform)
    sign_in(page, served, "handler")
    page.goto(f"{address}/claims/{claim_id}")
    expect(page.locator("h1 .chip")).to_have_text("正在看材料")
    opened.platform.worker.run_due()
    expect(page.locator("h1 .chip")).to_have_text("已赔付", timeout=20_000)
    expect(page.locator(".sum .money")).to_have_text("¥266.08")


def test_a_handler_refuses_in_plain_words(page: Page, served: Served) -> None:
    opened, address = served
    claim_id = doors.referred_claim(opened)
    sign_in(page, served, "handler")
    page.goto(f"{address}/claims/{claim_id}")
    page.locator("details.grave summary").click()
    form = page.locator("details.grave form")
    form.locator("button").click()
    assert get_claim(opened.platform, claim_id).state.value == "referred"
    for name, text in (("clause", doors.CLAUSE), ("fact", doors.FACT), ("reason", doors.REASON)):
        form.locator(f"textarea[name={name}]").fill(text)
    form.locator("button").click()
    expect(page.locator("h1 .chip").first).to_have_text("不能赔")
    expect(page.locator("dl.grounds")).to_contain_text(doors.REASON)
    assert get_claim(opened.platform, claim_id).state.value == "refused"


def test_papers_are_added_on_the_page(page: Page, served: Served, tmp_path: Path) -> None:
    opened, address = served
    claim_id = doors.wanting_claim(opened)
    record = tmp_path / "record.jpg"
    record.write_bytes(paper(cases.pages()[1]))
    page.goto(f"{address}/sign-in")
    page.locator("summary").click()
    page.fill("#code", opened.token_of(opened.customer()))
    page.locator("details button").click()
    page.wait_for_url("**/claims")
    page.goto(f"{address}/claims/{claim_id}")
    expect(page.locator(".wanted")).to_contain_text("还差一张门诊病历")
    with page.expect_navigation():
        page.locator("#files").set_input_files(str(record))
    expect(page.locator("#papers [role=status]")).to_contain_text("还有 1 份正在读")
    page.get_by_text("材料齐了，提交").click()
    opened.platform.worker.run_due()
    expect(page.locator("h1 .chip").first).to_have_text("已赔付", timeout=20_000)


def test_a_poor_picture_is_told_at_once_and_taken_again(page: Page, served: Served, tmp_path: Path) -> None:
    opened, address = served
    claim_id = doors.wanting_claim(opened)
    poor, good = tmp_path / "poor.jpg", tmp_path / "good.jpg"
    poor.write_bytes(paper(readings.page("outpatient_record", {}, usable=False)))
    good.write_bytes(paper(cases.pages()[1]))
    opened.pictures.verdicts = {poor.read_bytes(): Quality(usable=False, reasons=(readings.BLURRED,))}
    page.goto(f"{address}/sign-in")
    page.locator("summary").click()
    page.fill("#code", opened.token_of(opened.customer()))
    page.locator("details button").click()
    page.wait_for_url("**/claims")
    page.goto(f"{address}/claims/{claim_id}")
    page.locator("#files").set_input_files(str(poor))
    told = page.locator("[data-poor]")
    expect(told).to_contain_text(readings.BLURRED.advice_zh)
    expect(told).to_contain_text("已上传的不会丢")
    assert fits(page)
    with page.expect_navigation():
        told.locator("li input[type=file]").set_input_files(str(good))
    page.get_by_text("材料齐了，提交").click()
    opened.platform.worker.run_due()
    expect(page.locator("h1 .chip").first).to_have_text("已赔付", timeout=20_000)
    with opened.platform.database.read() as conn:
        uploads = documents.list_uploads(conn, vault=opened.platform.vault, claim_id=claim_id)
    assert [upload.replaced_by for upload in uploads] == [None, uploads[2].id, None]
