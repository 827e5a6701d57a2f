"""The pages: signing in, form tokens, what they show and cover, and what they say when something fails. Without a browser."""

import re
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from anpei.entrypoints.api.guards import COOKIE, FORM_FIELD, FORM_HEADER
from anpei.trust.access import access_log
from tests.factories import cases, doors, platforms
from tests.factories.doors import PASSWORD, Doors
from tests.factories.platforms import get_claim

HTML = {"accept": "text/html"}
TOKEN = re.compile(rf'name="{FORM_FIELD}" value="([0-9a-f]{{64}})"')


def on_page(at_door: Doors, client: TestClient) -> TestClient:
    """The same person with the session in a cookie, as a browser has it."""
    browser = at_door.anybody()
    browser.headers["accept"] = "text/html"
    browser.cookies.set(COOKIE, at_door.token_of(client))
    return browser


def words(answer: Any) -> str:
    """What people read on a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def token(browser: TestClient) -> str:
    """The form token that the pages of this session carry."""
    found = TOKEN.search(browser.get("/claims").text)
    assert found is not None
    return found[1]


def looks(at_door: Doors, claim_id: str) -> list[tuple[str, tuple[str, ...]]]:
    with at_door.platform.database.read() as conn:
        return [(look.purpose, look.fields) for look in access_log(conn, subject=claim_id)]


def test_a_person_signs_in_and_out(at_door: Doors) -> None:
    at_door.staff("handler")
    browser = at_door.anybody()
    there = browser.get("/claims?lang=en", headers=HTML)
    assert (there.status_code, there.headers["location"]) == (303, "/sign-in?next=%2Fclaims&lang=en")
    wrong = browser.post("/sign-in", data={"login": "handler-0", "password": "Wrong-password-1"})
    assert wrong.status_code == 401
    assert "账号或密码不对" in words(wrong)
    assert COOKIE not in browser.cookies
    entered = browser.post("/sign-in?next=/claims", data={"login": "handler-0", "password": PASSWORD})
    assert (entered.status_code, entered.headers["location"]) == (303, "/claims")
    cookie = entered.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Secure" not in cookie
    value = browser.cookies[COOKIE]
    assert browser.get("/claims", headers=HTML).status_code == 200
    out = browser.post("/sign-out", data={FORM_FIELD: token(browser)}, headers=HTML)
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in")
    browser.cookies.set(COOKIE, value)
    assert browser.get("/claims", headers=HTML).status_code == 303


def test_a_customer_comes_with_an_access_code(at_sqlite_door: Doors) -> None:
    claim_id, customer = doors.paid_claim(at_sqlite_door), at_sqlite_door.customer()
    browser = at_sqlite_door.anybody()
    assert "访问码不对" in words(browser.post("/sign-in", data={"code": "anpei_made_up"}))
    answer = browser.post("/sign-in", data={"code": at_sqlite_door.token_of(customer)})
    assert answer.status_code == 303
    assert "¥266.08" in words(browser.get(f"/claims/{claim_id}"))


@pytest.mark.parametrize("wanted", ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "claims"])
def test_the_way_back_stays_in_the_house(at_sqlite_door: Doors, wanted: str) -> None:
    at_sqlite_door.staff("handler")
    answer = at_sqlite_door.anybody().post("/sign-in", params={"next": wanted}, data={"login": "handler-0", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/claims")


def test_a_cookie_alone_changes_nothing(at_door: Doors) -> None:
    claim_id = doors.referred_claim(at_door)
    browser = on_page(at_door, at_door.staff("handler"))
    other = token(on_page(at_door, at_door.staff("supervisor")))
    for path in (f"/claims/{claim_id}/settle", f"/v1/claims/{claim_id}/settle"):
        for data, headers in (({}, {}), ({FORM_FIELD: "x" * 64}, {}), ({FORM_FIELD: other}, {}), ({}, {FORM_HEADER: other})):
            answer = browser.post(path, data=data, headers=headers)
            assert answer.status_code == 403, (path, data, headers)
    upload = browser.post(f"/v1/claims/{claim_id}/uploads", files={"files": b"x"}, data={FORM_FIELD: token(browser)})
    assert upload.status_code == 403
    assert get_claim(at_door.platform, claim_id).state.value == "referred"
    settled = browser.post(f"/claims/{claim_id}/settle?lang=en", data={FORM_FIELD: token(browser)})
    assert (settled.status_code, settled.headers["location"]) == (303, f"/claims/{claim_id}?lang=en")
    at_door.platform.worker.run_due()
    assert get_claim(at_door.platform, claim_id).state.value == "paid"


def test_the_list_counts_finds_and_teaches(at_door: Doors) -> None:
    browser = on_page(at_door, at_door.staff("handler"))
    assert "这里还没有赔案" in words(browser.get("/claims"))
    wanting, referred = doors.wanting_claim(at_door), doors.referred_claim(at_door)
    page = browser.get("/claims")
    for shown in ("全部 2", "人工核对 1", "等申请人 1", "已结案 0", "¥266.08", "还有 30 天", "已暂停，还剩 30 天", "沈**"):
        assert shown in words(page), shown
    tab = browser.get("/claims?tab=person").text
    assert (f"/claims/{referred}" in tab, f"/claims/{wanting}" in tab) == (True, False)
    number = get_claim(at_door.platform, wanting).claim_no
    found = browser.get("/claims", params={"claim_no": number}).text
    assert (f"/claims/{wanting}" in found, f"/claims/{referred}" in found) == (True, False)
    assert "没有找到 AP1" in words(browser.get("/claims?claim_no=AP1"))
    assert "换一个标签看看" in words(browser.get("/claims?tab=ended"))


def test_a_claims_page_shows_everything_and_covers_the_person(at_door: Doors) -> None:
    claim_id = doors.paid_claim(at_door)
    browser = on_page(at_door, at_door.staff("handler"))
    page = browser.get(f"/claims/{claim_id}")
    for shown in (
        "已赔付 ¥266.08", "沈** 保单 ****-1", "扣除免赔额后的目录内费用 332.60 × 目录内赔付比例 80% = 266.08", "第八条第二款",
        "急性上呼吸道感染", "情形复杂的核定期限 已在期限内完成", "anpei proof verify", "赔付结果", "材料齐全、前后一致", "无人工",
    ):  # fmt: skip
        assert shown in words(page), shown
    for secret in (cases.NAME, cases.NUMBER, cases.ACCOUNT, "13900000000", "page0.jpg"):
        assert secret not in page.text
    assert looks(at_door, claim_id) == [("page_reading", ("medical",))]
    key = re.search(r'<rect data-key="([^"]+\.total_amount)"', page.text)
    assert key is not None
    assert f'<tr data-key="{key[1]}"' in page.text
    opened = browser.post(f"/claims/{claim_id}/open", data={FORM_FIELD: token(browser)})
    for secret in (cases.NAME, cases.NUMBER, cases.ACCOUNT, "13900000000"):
        assert secret in opened.text
    assert "个人信息已按“理赔审核”打开" in words(opened)
    assert looks(at_door, claim_id)[0] == (
        "claim_handling", ("bank_card", "birth_date", "id_number", "medical", "name", "phone"),
    )  # fmt: skip


def test_the_page_is_complete_in_english(at_door: Doors) -> None:
    claim_id = doors.referred_claim(at_door)
    browser = on_page(at_door, at_door.staff("handler"))
    page = words(browser.get(f"/claims/{claim_id}?lang=en"))
    for shown in ("With a person", "With: A claim handler", "Pay ¥266.08 as calculated", "A diagnosis meets an exclusion", "30 days left"):
        assert shown in page, shown
    data = (
        "沈**",
        "中文",
        "演示",
        "临江市第一人民医院",
        "急性上呼吸道感染",
        "抑郁发作",
        "职工基本医疗保险",
        "普通门诊诊查费",
        "血常规",
        "甲",
    )
    for text in (page, words(browser.get("/claims?lang=en")), words(browser.get("/sign-in?lang=en"))):
        rest = text
        for known in data:
            rest = rest.replace(known, "")
        rest = re.sub(r"第[一二三四五六七八九十]+条(第[一二三四五六七八九十]+[款项])?", "", rest)
        for chinese in ("费用补偿原则", "保险法第23条", "司法解释二第15条", "保险法第25条", "保险法"):
            rest = rest.replace(chinese, "")
        assert re.findall("[\u4e00-\u9fff]+", rest) == []


def test_a_handler_refuses_on_the_page(at_door: Doors) -> None:
    claim_id = doors.referred_claim(at_door)
    browser = on_page(at_door, at_door.staff("handler"))
    form = {FORM_FIELD: token(browser), "codes": "exclusion.diagnosis", "clause": doors.CLAUSE, "fact": doors.FACT}
    empty = browser.post(f"/claims/{claim_id}/refuse", data=form | {"reason": " "})
    assert empty.status_code == 422
    assert "请返回检查后再提交" in words(empty)
    assert get_claim(at_door.platform, claim_id).state.value == "referred"
    assert browser.post(f"/claims/{claim_id}/refuse", data=form | {"reason": doors.REASON}).status_code == 303
    page = words(on_page(at_door, at_door.customer()).get(f"/claims/{claim_id}"))
    for shown in (doors.REASON, doors.CLAUSE, doors.FACT, "由 演示 handler 决定并签名", "不同意？点“请人复核”"):
        assert shown in page, shown


def test_a_handler_reduces_on_the_page(at_door: Doors) -> None:
    claim_id = doors.referred_claim(at_door)
    browser = on_page(at_door, at_door.staff("handler"))
    page = browser.get(f"/claims/{claim_id}").text
    lines = dict(re.findall(r'name="(line:[^"]+)" value="([^"]+)"', page))
    assert sorted(lines.values()) == ["0.00", "266.08"]
    form = {name: "200.00" if value == "266.08" else value for name, value in lines.items()}
    grounds = {"codes": "exclusion.diagnosis", "clause": doors.CLAUSE, "fact": doors.FACT, "reason": doors.REASON}
    wrong = browser.post(f"/claims/{claim_id}/reduce", data={FORM_FIELD: token(browser), **grounds, **form, next(iter(lines)): "一百"})
    assert wrong.status_code == 422
    assert browser.post(f"/claims/{claim_id}/reduce", data={FORM_FIELD: token(browser), **grounds, **form}).status_code == 303
    at_door.platform.worker.run_due()
    assert "¥200.00" in words(browser.get(f"/claims/{claim_id}"))


def test_what_people_write_stays_text(at_sqlite_door: Doors) -> None:
    hostile = '<script>alert(1)</script><img src=x onerror="a">'
    data = platforms.report_data(hospital=hostile)
    claim_id = platforms.hand_in(at_sqlite_door.platform, data=data)
    page = on_page(at_sqlite_door, at_sqlite_door.staff("handler")).get(f"/claims/{claim_id}").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_failure_speaks_the_readers_language(at_sqlite_door: Doors) -> None:
    browser = on_page(at_sqlite_door, at_sqlite_door.staff("handler"))
    for path, shown in (("/claims/none", "这里没有这个内容"), ("/claims/none?lang=en", "There is nothing here"), ("/none", "没有这个页面")):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert shown in words(answer)
        assert answer.headers["x-request-id"] in answer.text
    operations = on_page(at_sqlite_door, at_sqlite_door.staff("operations")).get("/claims")
    assert (operations.status_code, "您的账号没有这项权限" in words(operations)) == (403, True)
