"""A real browser before the pages: Debian's chromium through Playwright, and a server on a free port of this machine."""

import io
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

from tests.factories import doors, platforms
from tests.factories.doors import PASSWORD, Doors

CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}


def chromium() -> str | None:
    """The browser of this machine; ANPEI_CHROMIUM names another one."""
    return os.environ.get("ANPEI_CHROMIUM") or next((found for name in CHROMIUM if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the session; skips with a clear line where there is none."""
    path = chromium()
    if path is None:
        pytest.skip("no chromium on this machine: browser tests are skipped (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield opened
        opened.close()


@pytest.fixture
def served(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[Doors, str]]:
    """The doors over a platform on SQLite, served for a browser, with drawn pages in place of the reading processes."""
    file = tmp_path / "database.sqlite"
    shutil.copyfile(sqlite_template, file)
    platform = platforms.make_platform(tmp_path / "home", f"sqlite:///{file}")
    opened = doors.open_doors(platform, sign_in_tries=1000)
    opened.pictures.picture = drawn_page()
    server = uvicorn.Server(uvicorn.Config(opened.app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield opened, f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
    platform.close()


def drawn_page() -> bytes:
    """A picture of the size that the prepared readings speak of."""
    picture = Image.new("RGB", (1600, 2200), "#f4f1ea")
    draw = ImageDraw.Draw(picture)
    for y in range(120, 2100, 90):
        draw.line((120, y, 1480, y), fill="#9aa3ad", width=3)
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


@pytest.fixture(params=sorted(WIDTHS))
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page on a phone and on a desk; anything on its console is a failure."""
    width, height = WIDTHS[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    context.close()
    assert [line for line in said if "status of 4" not in line] == []


def sign_in(page: Page, served: tuple[Doors, str], role: str) -> None:
    """Sign in as a member of staff with this role."""
    opened, address = served
    client = opened.staff(role)
    login = client.get("/v1/sessions/current").json()["roles"][0]
    page.goto(f"{address}/sign-in")
    page.fill("#login", f"{login}-0")
    page.fill("#password", PASSWORD)
    page.click("button.main")
    page.wait_for_url("**/claims")


def fits(page: Page) -> bool:
    """Whether nothing is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
