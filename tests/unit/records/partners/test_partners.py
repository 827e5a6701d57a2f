"""Insurers and the switch that stops automatic settlement of one product."""

from datetime import datetime, timedelta

import pytest

from anpei.engines.db import Database
from anpei.records.partners import operations, queries
from anpei.records.partners.model import Insurer


def test_an_insurer_is_added_once(database: Database, insurer: Insurer, at: datetime) -> None:
    with database.write() as conn:
        assert operations.add_insurer(conn, code="demo", name="另一个名字", at=at) == insurer
        other = operations.add_insurer(conn, code="alpha", name="甲保险公司", at=at)
        assert queries.list_insurers(conn) == [other, insurer]
        assert queries.get_insurer(conn, code="demo") == queries.get_insurer(conn, insurer_id=insurer.id) == insurer
        assert queries.find_insurer(conn, code="beta") is None
        with pytest.raises(queries.InsurerUnknown, match="no insurer beta"):
            queries.get_insurer(conn, code="beta")


def test_codes_and_names_have_a_form(database: Database, at: datetime) -> None:
    with database.write() as conn:
        for code, name in (("", "名"), ("有 空格", "名"), ("x" * 41, "名"), ("ok", " "), ("ok", "名" * 201)):
            with pytest.raises(operations.PartnerInvalid):
                operations.add_insurer(conn, code=code, name=name, at=at)
        assert queries.list_insurers(conn) == []


def test_automation_is_on_until_switched_off_and_every_turn_is_kept(database: Database, insurer: Insurer, at: datetime) -> None:
    with database.write() as conn:
        other = operations.add_insurer(conn, code="other", name="另一家", at=at)

        def on(product: str = "million-medical", insurer_id: str = insurer.id) -> bool:
            return queries.automation_on(conn, insurer_id=insurer_id, product_id=product)

        assert on() is True
        for hours, state, reason in ((1, False, "规则有疑问"), (2, True, "已核实")):
            operations.switch_automation(
                conn,
                insurer_id=insurer.id,
                product_id="million-medical",
                on=state,
                actor="运营 甲",
                reason=reason,
                at=at + timedelta(hours=hours),
            )
            assert on() is state
            assert (on("small-outpatient"), on(insurer_id=other.id)) == (True, True)
        turns = queries.list_turns(conn, insurer_id=insurer.id, product_id="million-medical")
    assert [(turn.on, turn.actor, turn.reason, turn.at) for turn in turns] == [
        (False, "运营 甲", "规则有疑问", at + timedelta(hours=1)), (True, "运营 甲", "已核实", at + timedelta(hours=2)),
    ]  # fmt: skip


@pytest.mark.parametrize(("actor", "reason"), [("", "因为"), ("甲", " ")])
def test_a_turn_needs_somebody_and_a_reason(database: Database, insurer: Insurer, at: datetime, actor: str, reason: str) -> None:
    with database.write() as conn, pytest.raises(operations.PartnerInvalid, match="somebody for a reason"):
        operations.switch_automation(conn, insurer_id=insurer.id, product_id="p", on=False, actor=actor, reason=reason, at=at)
