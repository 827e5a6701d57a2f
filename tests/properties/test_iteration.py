"""For any case, share and figures: the draw is even, stable and nested; bounds follow from exact rates."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from anpei.claims.iteration.bounds import Bounds, Cause, Figures, broken_bound
from anpei.rules.snapshots.standing import Canary, Shadow, Standing, is_drawn

LIVE, TRIAL, BESIDE = "a" * 64, "b" * 64, "c" * 64
NAMES = st.text(min_size=1, max_size=40)
SHARES = st.integers(0, 10_000)
COUNTS = st.integers(0, 500)


@given(release=NAMES, share=st.integers(100, 9900))
def test_the_draw_is_even(release: str, share: int) -> None:
    """Of 4,000 cases a share lies within six standard deviations, for any name of the release."""
    total = 4_000
    drawn = sum(is_drawn(f"case-{number}", release_id=release, share_bp=share) for number in range(total))
    expected = total * share / 10_000
    assert abs(drawn - expected) <= 6 * (expected * (1 - share / 10_000)) ** 0.5


@given(case=NAMES, release=NAMES, share=SHARES, more=SHARES)
def test_a_larger_share_keeps_whom_the_smaller_one_drew(case: str, release: str, share: int, more: int) -> None:
    low, high = sorted((share, more))
    assert is_drawn(case, release_id=release, share_bp=high) or not is_drawn(case, release_id=release, share_bp=low)


@given(case=NAMES, release=NAMES, share=SHARES, revision=st.integers(0, 10**6), beside=st.booleans())
def test_a_case_keeps_its_snapshot_whatever_else_is_in_use(case: str, release: str, share: int, revision: int, beside: bool) -> None:
    canary = Canary(TRIAL, share, release)
    alone = Standing(LIVE, canary)
    crowded = Standing(LIVE, canary, Shadow(BESIDE, "other") if beside else None, revision)
    again = Standing.from_bytes(crowded.to_bytes())
    assert alone.snapshot_for(case) == crowded.snapshot_for(case) == again.snapshot_for(case)
    assert (alone.snapshot_for(case) == TRIAL) is is_drawn(case, release_id=release, share_bp=share)


def test_two_releases_draw_apart() -> None:
    """Who was on trial for one release is no likelier to be so for the next."""
    total, share = 20_000, 2_000
    both = sum(all(is_drawn(f"case-{n}", release_id=release, share_bp=share) for release in ("r1", "r2")) for n in range(total))
    assert abs(both - 800) <= 170


@st.composite
def figures(draw: st.DrawFn) -> Figures:
    """Figures that can be counted."""
    compared = draw(COUNTS)
    within = st.integers(0, compared)
    return Figures(
        compared=compared, failed=draw(st.integers(0, 1)), differing=draw(within), settled_base=draw(within), settled_new=draw(within),
        difference_fen=draw(st.integers(0, 10**6)),
    )  # fmt: skip


BOUNDS = st.builds(
    Bounds, least_claims=st.integers(1, 500), automation_fall_bp=SHARES, mean_amount_difference_fen=st.integers(0, 5_000),
    differing_bp=SHARES, longest_canary_hours=st.just(24),
)  # fmt: skip


@given(counted=figures(), bounds=BOUNDS)
def test_bounds_follow_from_exact_rates(counted: Figures, bounds: Bounds) -> None:
    over = max(counted.compared, bounds.least_claims)
    wanted = None
    if Fraction(counted.differing, over) > Fraction(bounds.differing_bp, 10_000):
        wanted = Cause.DIFFERING
    if Fraction(counted.difference_fen, over) > bounds.mean_amount_difference_fen:
        wanted = Cause.AMOUNT
    if Fraction(counted.settled_base - counted.settled_new, over) > Fraction(bounds.automation_fall_bp, 10_000):
        wanted = Cause.AUTOMATION
    if counted.failed:
        wanted = Cause.FAILED
    assert broken_bound(counted, bounds) is wanted


@given(counted=figures(), bounds=BOUNDS, equal=COUNTS)
def test_what_breaks_early_would_break_at_the_least_number_too(counted: Figures, bounds: Bounds, equal: int) -> None:
    """A release taken back before the least number of claims could not have been saved by equal ones up to that number."""
    left = max(0, bounds.least_claims - counted.compared)
    more = min(equal, left)
    later = Figures(**{**counted.to_dict(), "compared": counted.compared + more})
    assert (broken_bound(counted, bounds) is None) or (broken_bound(later, bounds) is not None)
