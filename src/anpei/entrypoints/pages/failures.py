"""What people see when something went wrong: a calm page with what to do, or the way to sign in."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from anpei.entrypoints.api.words import Lang, Words, load_texts
from anpei.entrypoints.pages.drawing import draw, language_of, link

TELLING = (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
"""Statuses whose English messages name a field and what would be right."""
PROGRAMS = ("/v1/", "/healthz", "/openapi.json", "/static/")


def wants_page(request: Request) -> bool:
    """Whether a person with a browser asks, and not a program."""
    return not request.url.path.startswith(PROGRAMS) and "text/html" in request.headers.get("accept", "")


def page_of(request: Request, body: Mapping[str, Any]) -> Response:
    """The page of a problem; without a sign-in the way leads to the sign-in page."""
    status = int(body["status"])
    if status == HTTPStatus.UNAUTHORIZED and request.method == "GET":
        return RedirectResponse(link("/sign-in", language_of(request.query_params), next=request.url.path), status_code=303)
    door = request.app.state.door
    words: Words = Words(texts=load_texts()) if door is None else door.words
    lang = language_of(request.query_params)
    told = {"title": body["title"] if lang == "zh" else words.say("failure.title", lang), "detail": _told(words, lang, body)}
    back = request.headers.get("referer", "/claims")
    return draw(
        request, words, "failure.html", status=status, problem={**body, **told}, back=back if _is_ours(request, back) else "/claims"
    )


def _told(words: Words, lang: Lang, body: Mapping[str, Any]) -> str:
    """What happened: the problem's own words where they are in the page's language and meant for people, else those for its status."""
    detail, key = str(body["detail"]), f"failure.{body['status']}"
    is_chinese = any("\u4e00" <= sign <= "\u9fff" for sign in detail)
    is_telling = is_chinese if lang == "zh" else not is_chinese and body["status"] in TELLING
    return detail if is_telling or not words.has(key) else words.say(key, lang)


def _is_ours(request: Request, address: str) -> bool:
    return address.startswith(str(request.base_url)) or (address.startswith("/") and not address.startswith("//"))
