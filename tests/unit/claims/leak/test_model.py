"""What several blind answers come to, and the one table of a task's moves."""

import pytest

from anpei.claims.leak.model import ALLOWED, Outcome, TaskConflict, TaskState, check_move, resolve


@pytest.mark.parametrize(
    ("amounts", "wanted"),
    [
        ([], None),
        ([1000], Outcome(1000, False)),
        ([1001], Outcome(1000, False)),
        ([1002], None),
        ([800, 800], Outcome(800, False)),
        ([800, 801], Outcome(801, False)),
        ([800, 1000], Outcome(1000, True)),
        ([800, 700], None),
        ([800, 700, 800], Outcome(800, False)),
        ([800, 700, 1000], Outcome(1000, True)),
        ([800, 700, 600], Outcome(600, False)),
        ([None], None),
        ([None, None], Outcome(None, False)),
        ([None, 800], None),
        ([None, 800, 800], Outcome(800, False)),
        ([800, None, 700], Outcome(700, False)),
        ([0], None),
        ([0, 0], Outcome(0, False)),
        ([0, None], None),
    ],
)
def test_answers_come_to(amounts: list[int | None], wanted: Outcome | None) -> None:
    assert resolve(machine_fen=1000, amounts=amounts, tolerance_fen=1, most_answers=3) == wanted


def test_a_machine_amount_of_zero_is_no_silence() -> None:
    assert resolve(machine_fen=0, amounts=[None], tolerance_fen=1, most_answers=3) is None
    assert resolve(machine_fen=0, amounts=[0], tolerance_fen=1, most_answers=3) == Outcome(0, False)


def test_only_the_table_moves_a_task() -> None:
    allowed = {(old, new) for old, onward in ALLOWED.items() for new in onward}
    assert allowed == {
        (TaskState.DRAWN, TaskState.TAKEN), (TaskState.TAKEN, TaskState.TAKEN), (TaskState.TAKEN, TaskState.ANSWERED),
        (TaskState.TAKEN, TaskState.CLOSED), (TaskState.ANSWERED, TaskState.TAKEN),
    }  # fmt: skip
    for old in TaskState:
        for new in TaskState:
            if (old, new) in allowed:
                check_move(task_id="t", old=old, new=new)
            else:
                with pytest.raises(TaskConflict, match="cannot become"):
                    check_move(task_id="t", old=old, new=new)
