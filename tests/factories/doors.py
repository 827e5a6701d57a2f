"""The doors over a platform of a test: clients for people of every role, for customers and for machines."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from anpei.assembly import Platform
from anpei.entrypoints.api import create_app
from anpei.entrypoints.api.door import DoorSettings
from anpei.journeys.early import EarlyWord
from anpei.reading.model import Quality
from anpei.records.partners import operations as partners
from anpei.records.policies import queries as policies
from anpei.records.policies.model import Policy
from anpei.trust import identity
from anpei.trust.access import ALL, ActorKind
from anpei.trust.identity import IdentityRules, NewAccount
from tests.factories import cases, platforms, readings

PASSWORD = "a-Long-pass-phrase-7"
SECRET = b"the-secret-that-the-bank-and-we-share"
OTHER_INSURER, OTHER_POLICY, OTHER_NUMBER = "other", "P-OTHER-1", "339901198501011231"
CLAUSE, FACT, REASON = "第十条第一项 精神和行为障碍", "门诊病历诊断 F32.900", "这次就诊属于条款约定不赔的情形。"
GROUNDS = {"codes": ["exclusion.diagnosis"], "clause": CLAUSE, "fact": FACT, "reason": REASON}


class Pictures:
    """Stands in for the reading processes where a test is not about reading: every page is the same little picture."""

    def __init__(self, picture: bytes = b"\xff\xd8 a picture \xff\xd9") -> None:
        self.picture = picture
        self.asked: list[tuple[int, int]] = []
        self.runs = True
        self.verdicts: dict[bytes, Quality | Exception] = {}

    def verdict(self, data: bytes, _name: str, _page: int) -> Quality:
        """What the test set for these bytes, else that all is well."""
        said = self.verdicts.get(data, Quality(usable=True))
        if isinstance(said, Exception):
            raise said
        return said

    def page_image(self, _data: bytes, page: int, rotation: int) -> bytes:
        """The picture."""
        self.asked.append((page, rotation))
        return self.picture

    def alive(self) -> bool:
        """Whether the processes run."""
        return self.runs

    def start(self) -> None:
        """Nothing to start."""

    def close(self) -> None:
        """Nothing to end."""


@dataclass
class Doors:
    """A platform with its app, and who comes to the door."""

    platform: Platform
    app: FastAPI
    pictures: Pictures = field(default_factory=Pictures)

    def anybody(self) -> TestClient:
        """Somebody who is not signed in."""
        return TestClient(self.app, follow_redirects=False)

    def staff(self, role: str, *, insurers: Iterable[str] | None = None) -> TestClient:
        """A member of staff with this role, for all insurers or for some."""
        return self._client(ActorKind.PERSON, role, insurers=insurers, password=PASSWORD)

    def customer(self, policy: str = platforms.POLICY) -> TestClient:
        """The insured of a policy."""
        held = self.policy(policy)
        return self._client(ActorKind.CUSTOMER, "customer", insurers=[held.insurer_id], party_id=held.insured_id)

    def partner(self, *, insurers: Iterable[str] | None = None) -> TestClient:
        """The machine of a partner."""
        return self._client(ActorKind.MACHINE, "partner", insurers=insurers)

    def policy(self, number: str = platforms.POLICY) -> Policy:
        """A policy by its number."""
        with self.platform.database.read() as conn:
            found = policies.find_by_number(conn, vault=self.platform.vault, number=number)
        assert found is not None
        return found

    def _client(
        self, kind: ActorKind, role: str, *, insurers: Iterable[str] | None, password: str | None = None, party_id: str | None = None
    ) -> TestClient:
        rules, at = IdentityRules.load(self.platform.rulebook), self.platform.clock.now()
        new = NewAccount(
            login=f"{role}-{len(self._accounts)}", kind=kind, display_name=f"演示 {role}", roles=frozenset({role}),
            insurers=ALL if insurers is None else frozenset(insurers), party_id=party_id,
        )  # fmt: skip
        with self.platform.database.write() as conn:
            account = identity.create_account(
                conn, vault=self.platform.vault, rules=rules, account=new, at=at, by="test", password=password
            )
            token = identity.open_session(conn, rules=rules, account_id=account, at=at).token
        self._accounts.append(new.login)
        client = self.anybody()
        client.headers["authorization"] = f"Bearer {token}"
        return client

    _accounts: list[str] = field(default_factory=list)

    def token_of(self, client: TestClient) -> str:
        """The session's token of a client."""
        return client.headers["authorization"].removeprefix("Bearer ")


def open_doors(platform: Platform, *, sign_in_tries: int = 30) -> Doors:
    """The app over a platform, with pictures in place of the reading processes. Its worker is run by the test."""
    pictures = Pictures()
    platform.reading = pictures  # type: ignore[assignment]
    platform.early = EarlyWord(pictures)
    return Doors(platform, create_app(platform, settings=DoorSettings(bank_secret=SECRET, sign_in_tries=sign_in_tries)), pictures)


def add_other_insurer(platform: Platform) -> None:
    """A second insurer with a policy of somebody else."""
    with platform.database.write() as conn:
        partners.add_insurer(conn, code=OTHER_INSURER, name="另一家保险公司", at=platform.clock.now())
    row = platforms.policy_row(
        policy_number=OTHER_POLICY, insurer=OTHER_INSURER, holder_name="顾长河", insured_name="顾长河", insured_id_number=OTHER_NUMBER,
        insured_phone="13800000001", insured_gender="", insured_birth_on="",
    )  # fmt: skip
    platforms.load_policies(platform, [row])


def report(policy: str = platforms.POLICY, **event: str) -> dict[str, Any]:
    """A report as the API takes it."""
    return platforms.report_data(policy=policy, **event)


def upload(client: TestClient, claim_id: str, *papers: bytes) -> Any:
    """Send files."""
    files = [("files", (f"张三 page{number}.jpg", paper, "image/jpeg")) for number, paper in enumerate(papers)]
    return client.post(f"/v1/claims/{claim_id}/uploads", files=files)


def paid_claim(doors: Doors) -> str:
    """A clean claim, walked to its end."""
    claim_id = platforms.hand_in(doors.platform)
    doors.platform.worker.run_due()
    return claim_id


def referred_claim(doors: Doors, *, account: str = cases.ACCOUNT) -> str:
    """A claim that a person has to decide: an excluded diagnosis."""
    pages = [cases.pages()[0], readings.record(cases.NAME, code="F32.900", diagnosis="抑郁发作")]
    claim_id = platforms.hand_in(doors.platform, pages, data=platforms.report_data(account=account))
    doors.platform.worker.run_due()
    return claim_id


def wanting_claim(doors: Doors) -> str:
    """A claim that lacks the out-patient record."""
    claim_id = platforms.hand_in(doors.platform, [cases.pages()[0]])
    doors.platform.worker.run_due()
    return claim_id
