"""The life of a layout: drafted from corrections, read in the shadow of the live reading, live, retired. One table of moves."""

from enum import StrEnum

from anpei.kernel.errors import Conflict


class LayoutState(StrEnum):
    """Where a layout stands.

    ``draft``: not used; ``shadow``: read beside the live reading, changes nothing; ``live``: changes readings; ``retired``: kept
    for the readings that name it.
    """

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"
    RETIRED = "retired"


ALLOWED: dict[LayoutState, frozenset[LayoutState]] = {
    LayoutState.DRAFT: frozenset({LayoutState.SHADOW, LayoutState.RETIRED}),
    LayoutState.SHADOW: frozenset({LayoutState.LIVE, LayoutState.RETIRED}),
    LayoutState.LIVE: frozenset({LayoutState.SHADOW, LayoutState.RETIRED}),
    LayoutState.RETIRED: frozenset(),
}


class LayoutMoveNotAllowed(Conflict):
    """A layout cannot go from its state to the wanted one."""

    code = "reading.layout_move_not_allowed"


def move(layout: str, old: LayoutState, new: LayoutState) -> LayoutState:
    """The new state. Raises LayoutMoveNotAllowed."""
    if new not in ALLOWED[old]:
        onward = ", ".join(sorted(state.value for state in ALLOWED[old])) or "nothing"
        raise LayoutMoveNotAllowed(
            f"layout {layout} is {old.value}; from there it can become {onward}, not {new.value}",
            data={"layout": layout, "state": old.value},
        )
    return new
