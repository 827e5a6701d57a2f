"""Draws templates: texts in the language asked for, money and days as people write them, links that keep the language."""

import hashlib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import QueryParams

from anpei.entrypoints.api.guards import Visitor
from anpei.entrypoints.api.words import Lang, Words
from anpei.kernel.clock import SHANGHAI, local_text

FOLDER = Path(__file__).parent
LANG_PARAMETER = "lang"


def language_of(query: QueryParams) -> Lang:
    """The language of a page: English when asked for, otherwise Chinese."""
    return "en" if query.get(LANG_PARAMETER) == "en" else "zh"


def link(path: str, lang: Lang, /, **parameters: str | None) -> str:
    """An address within the pages that keeps the language."""
    given = {name: value for name, value in parameters.items() if value}
    if lang == "en":
        given[LANG_PARAMETER] = "en"
    return f"{path}?{urlencode(given)}" if given else path


def written_instant(at: datetime, lang: Lang) -> str:
    """``2026年11月21日 14:05``, or ``21 Nov 2026, 14:05``, in China's time."""
    local = at.astimezone(SHANGHAI)
    return local_text(at) if lang == "zh" else f"{local.day} {local:%b %Y, %H:%M}"


def written_day(day: date, lang: Lang) -> str:
    """``2026年11月21日``, or ``21 Nov 2026``."""
    return f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {day:%b %Y}"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates; everything that is filled in is escaped, and a name that is not given is an error."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals["asset"] = asset
    return made


@lru_cache(maxsize=16)
def asset(name: str) -> str:
    """The address of a static file; it changes when the file does."""
    digest = hashlib.sha256((FOLDER / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def draw(
    request: Request, words: Words, template: str, /, *, status: int = 200, visitor: Visitor | None = None, **values: Any
) -> HTMLResponse:
    """A page. Templates get ``t`` (texts), ``to`` (links), ``instant`` and ``day`` beside the values."""
    lang = language_of(request.query_params)
    other: Lang = "zh" if lang == "en" else "en"
    kept = {name: value for name, value in request.query_params.items() if name not in (LANG_PARAMETER, "said")}
    here = request.url.path if request.method == "GET" else str(values.get("back", "/claims"))
    html = environment().get_template(template).render(
        lang=lang, t=lambda key, /, **filled: words.say(key, lang, **filled), to=lambda path, /, **given: link(path, lang, **given),
        instant=lambda at: written_instant(at, lang), day=lambda on: written_day(on, lang), visitor=visitor,
        form_token=None if visitor is None else visitor.form_token, other_language=link(here, other, **kept), **values,
    )  # fmt: skip
    return HTMLResponse(html, status_code=status)
