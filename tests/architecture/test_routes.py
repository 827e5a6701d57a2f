"""Every route has a guard, or stands in the short list of public ones."""

import yaml
from fastapi import APIRouter, Depends, FastAPI, Request, WebSocket
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from anpei.entrypoints.api import create_app, guards
from tests.architecture import sources


def permissions(dependant: Dependant) -> set[str]:
    """The permissions that the guards of a route ask for."""
    own = getattr(dependant.call, "permission", None)
    return ({str(own)} if own else set()).union(*(permissions(below) for below in dependant.dependencies), set())


def routes(app: FastAPI, prefix: str = "") -> dict[str, tuple[str, set[str]]]:
    """``METHOD path`` -> (path, permissions) of all routes; a mounted folder or a plain route asks for nothing."""
    found: dict[str, tuple[str, set[str]]] = {}
    for route in iter_route_contexts(app.routes):
        path = prefix + str(route.path)
        inner = getattr(route.original_route, "app", None)
        if isinstance(inner, FastAPI):
            found.update(routes(inner, path))
        else:
            dependant = getattr(route, "dependant", None)
            found[f"{','.join(sorted(route.methods or {'ANY'}))} {path}"] = (path, permissions(dependant) if dependant else set())
    return found


def unguarded(app: FastAPI, public: set[str]) -> list[str]:
    """Routes without guard that are not public, and public names that no open route has."""
    open_routes = {name: path for name, (path, asks) in routes(app).items() if not asks}
    problems = [f"{name} has no guard: add Depends(guard(...))" for name, path in open_routes.items() if path not in public]
    return problems + [
        f"PUBLIC names {path}, where everything is guarded or nothing is" for path in sorted(public - set(open_routes.values()))
    ]


def test_every_route_is_guarded_or_public() -> None:
    sources.holds(unguarded(create_app(None), set(guards.PUBLIC)))


def test_guards_ask_for_permissions_that_exist() -> None:
    roles = yaml.safe_load((sources.PACKAGE / "rulebook" / "access" / "roles.yaml").read_text(encoding="utf-8"))
    asked = set().union(*(asks for _, asks in routes(create_app(None)).values()))
    assert asked - roles["permissions"].keys() - {guards.SIGNED_IN} == set()
    assert {"claim.read", "claim.refuse"} <= asked


def _guard(permission: str) -> object:
    def check(request: Request) -> None:
        assert request

    check.permission = permission  # type: ignore[attr-defined]
    return check


def test_the_rule_notices_an_open_route() -> None:
    app, inner = FastAPI(openapi_url=None), FastAPI(openapi_url=None)
    inner.get("/deep")(lambda: None)
    nested = APIRouter(dependencies=[Depends(_guard("write"))])

    @app.get("/open")
    def read_open() -> None: ...

    @app.get("/shut", dependencies=[Depends(_guard("read"))])
    def read_shut() -> None: ...

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None: ...

    @nested.get("/below")
    def read_below() -> None: ...

    app.include_router(nested, prefix="/v1")
    app.mount("/inner", inner)
    assert unguarded(app, {"/live"}) == [
        "GET /open has no guard: add Depends(guard(...))",
        "GET /inner/deep has no guard: add Depends(guard(...))",
    ]
    assert unguarded(app, {"/live", "/open", "/inner/deep", "/v1/below", "/gone"}) == [
        "PUBLIC names /gone, where everything is guarded or nothing is",
        "PUBLIC names /v1/below, where everything is guarded or nothing is",
    ]
