"""The HTTP door (接口): FastAPI routes under ``/v1``, guards, problem answers, and the server-rendered pages beside them.

Owns nothing. A route translates, guards, calls one operation or query, and translates back. ``create_app(platform)`` is the way in.
"""

from anpei.entrypoints.api.app import create_app

__all__ = ["create_app"]
