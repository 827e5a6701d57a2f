"""The pages (页面): small server-rendered pages beside the API, drawn from the same answers. Chinese first, English complete.

Owns nothing. No framework and nothing from elsewhere: one style sheet, one small script, both served from here.
"""

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from anpei.entrypoints.pages import acting, claims, sessions

STATIC = Path(__file__).parent / "static"


def connect(app: FastAPI) -> None:
    """Add the pages and their files to the app."""
    for router in (sessions.router, claims.router, acting.router):
        app.include_router(router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
