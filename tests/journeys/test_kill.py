"""kill -9 at every step of the claim line, on SQLite and on PostgreSQL: processes really die, the claim goes on, money moves once."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests import postgres
from tests.factories import platforms
from tests.journeys.support.homes import DATABASE, Nursery, Template

STEPS = (
    "report", "upload", "submit", "lease", "claim.read_upload", "claim.collect", "claim.audit", "claim.adjudicate", "claim.settle",
    "payments.submit", "notices.deliver",
)  # fmt: skip
PAID = {
    "state": "paid", "round": 1, "lane": "unattended",
    "sections": [[1, name] for name in ("assessment", "decision", "evidence", "findings", "lane", "report", "settlement")],
    "timeline": [
        ["claims.audit.audited", "", 1], ["claims.decision.decided", "", 1], ["claims.documents.evidence_complete", "", 1],
        ["claims.documents.page_read", "", 2], ["claims.documents.submitted", "", 1], ["claims.intake.reported", "", 1],
        ["claims.settlement.ordered", "", 1], ["claims.settlement.paid", "", 1], ["notices.notice.delivered", "claim_reported", 1],
        ["notices.notice.delivered", "claim_settled", 1], ["notices.notice.delivered", "payment_confirmed", 1],
        ["payments.order.confirmed", "", 1],
    ],
    "notices": [[1, name, "delivered"] for name in ("claim_reported", "claim_settled", "payment_confirmed")], "mails": 3,
    "jobs": [
        ["claim.adjudicate", "done", 1], ["claim.audit", "done", 1], ["claim.collect", "done", 1], ["claim.read_upload", "done", 2],
        ["claim.settle", "done", 1], ["notices.deliver", "done", 3], ["payments.submit", "done", 1],
    ],
    "uploads": [[1, "read"], [2, "read"]], "bytes_kept": 2, "pages": ["outpatient_receipt", "outpatient_record"],
    "orders": [[1, "confirmed", 26608]], "booked": [[True, 26608]],
    "postings": [["accrued", 26608], ["submitted", 26608], ["confirmed", 26608]], "ledger_faults": [], "cases": [],
    "used": [["annual_limit_used", "year:2026-01-01", 26608], ["visits", "day:2026-10-03", 1]],
    "uses": [["use", "annual_limit_used", 26608], ["use", "visits", 1]],
    "proofs": 1, "proof_faults": [], "trail_ok": True,
}  # fmt: skip
"""How the clean claim ends: each thing once."""


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """A warm process that forks the ones that die."""
    started = Nursery()
    yield started
    started.close()


@pytest.fixture(scope="module")
def kept_open() -> Iterator[ExitStack]:
    """What stays open until the last test of this module."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def templates() -> dict[str, tuple[Template, list[str]]]:
    """What ``prepared`` made already, by database."""
    return {}


@pytest.fixture(params=["sqlite", "postgresql"])
def prepared(
    request: pytest.FixtureRequest, templates: dict[str, Any], nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Template, list[str]]:
    """A home to copy, and the points that an undisturbed life passes in it, in order; made once for each database."""
    name = str(request.param)
    if name not in templates:
        home = tmp_path_factory.mktemp(name) / "home"
        if name == "sqlite":
            template = Template(home, None)
            url = f"sqlite:///{home / DATABASE}"
        else:
            server: postgres.Server = request.getfixturevalue("postgres_server")
            url = request.getfixturevalue("kept_open").enter_context(server.fresh())
            template = Template(home, url)
        platforms.make_platform(home, url).close()
        with template.copy() as (folder, copied):
            whole = nursery.life(home=str(folder), url=copied, does="walk")
        assert (whole["ended"], whole["picture"]) == (0, PAID)
        templates[name] = template, whole["passed"]
    found: tuple[Template, list[str]] = templates[name]
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_any_point_of_a_step_the_claim_is_paid_once(prepared: tuple[Template, list[str]], nursery: Nursery, step: str) -> None:
    template, passed = prepared
    points = {number: point for number, point in enumerate(passed, start=1) if point.startswith(f"{step}: ")}
    assert points
    wrong: dict[str, Any] = {}
    for number, point in points.items():
        with template.copy() as (home, url):
            killed = nursery.life(home=str(home), url=url, does="walk", die_at=number)
            after = nursery.life(home=str(home), url=url, does="walk")
        if killed["ended"] != -signal.SIGKILL or after["ended"] != 0 or after["picture"] != PAID:
            wrong[f"{number} {point}"] = killed["ended"], after["ended"], _differences(after.get("picture", {}))
    assert wrong == {}


def _differences(picture: dict[str, Any]) -> dict[str, Any]:
    return {name: picture.get(name) for name in PAID if picture.get(name) != PAID[name]}


def test_every_step_is_a_place_to_die(prepared: tuple[Template, list[str]]) -> None:
    _, passed = prepared
    assert {point.partition(": ")[0] for point in passed} == set(STEPS)
    for point in (
        "report: before commit", "upload: before fsync", "upload: before commit", "submit: after commit", "lease: after commit",
        "claim.read_upload: work done", "claim.audit: fence passed", "claim.adjudicate: at the event claims.decision.decided",
        "claim.settle: before commit", "payments.submit: at the bank, before booking", "payments.submit: at the bank, after booking",
        "payments.submit: at the event payments.order.confirmed", "notices.deliver: work done",
    ):  # fmt: skip
        assert point in passed


def test_killed_again_and_again_the_claim_is_paid_once(prepared: tuple[Template, list[str]], nursery: Nursery) -> None:
    template, _ = prepared
    with template.copy() as (home, url):
        lives = [nursery.life(home=str(home), url=url, does="walk", die_at=15)]
        while lives[-1]["ended"] == -signal.SIGKILL:
            lives.append(nursery.life(home=str(home), url=url, does="walk", die_at=15))
    assert len(lives) > 5
    assert (lives[-1]["ended"], lives[-1]["picture"]) == (0, PAID)


@pytest.mark.parametrize("point", ["lease: after commit", "claim.read_upload: work done", "payments.submit: at the bank, after booking"])
def test_a_frozen_worker_that_wakes_up_after_another_did_its_work_changes_nothing(
    prepared: tuple[Template, list[str]], nursery: Nursery, point: str
) -> None:
    template, passed = prepared
    with template.copy() as (home, url):
        order = {"home": str(home), "url": url}
        assert nursery.life(**order, does="claim")["ended"] == 0
        place = passed[passed.index("lease: before commit") :].index(point) + 1
        nursery.send(order | {"does": "work", "freeze_at": place}, order | {"does": "work", "other": True})
        frozen, other = nursery.receive()
        after = nursery.life(**order, does="walk")
    assert (frozen["ended"], other["ended"], after["picture"]) == (0, 0, PAID)
    assert frozen["passed"][place - 1] == point
    woken = frozen["passed"][place:]
    assert not [what for what in woken if "fence passed" in what or "event" in what], woken


@pytest.mark.parametrize("prepared", ["postgresql"], indirect=True)
@pytest.mark.parametrize("die_at", [2, 3, 9, 20])
def test_of_two_workers_one_dies_for_good_and_the_other_does_everything(
    prepared: tuple[Template, list[str]], nursery: Nursery, die_at: int
) -> None:
    """Only on PostgreSQL: SQLite gives its one lock to whoever asks first, so how far each of two workers gets is left to chance."""
    template, _ = prepared
    with template.copy() as (home, url):
        order = {"home": str(home), "url": url}
        for number in range(1, 7):
            assert nursery.life(**order, does="claim", number=number)["ended"] == 0
        nursery.send(order | {"does": "work", "die_at": die_at}, order | {"does": "work"})
        ends = [child["ended"] for child in nursery.receive()]
        pictures = [nursery.life(**order, does="walk", number=number)["picture"] for number in range(1, 7)]
    assert ends == [-signal.SIGKILL, 0]
    assert [picture["state"] for picture in pictures] == ["paid"] * 6
    assert [picture["orders"] for picture in pictures] == [[[1, "confirmed", 26608]]] * 6
    assert [sum(mine for mine, _ in picture["booked"]) for picture in pictures] == [1] * 6
    assert [picture["postings"] for picture in pictures] == [PAID["postings"]] * 6
    assert [picture["timeline"] for picture in pictures] == [PAID["timeline"]] * 6
    last = pictures[-1]
    assert (len(last["booked"]), last["mails"], last["ledger_faults"], last["trail_ok"]) == (6, 18, [], True)
    assert last["used"][0] == ["annual_limit_used", "year:2026-01-01", 6 * 26608]
