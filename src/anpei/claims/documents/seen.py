"""All pages read so far, found again (似曾相识的影像): by the picture, by what stands on the paper, by its number.

The table ``page_marks`` is the truth and is written with the page, in one transaction. The similarity indexes in files are made from it
for speed: rows that are not folded in yet are compared one by one, and an index that is lost or damaged is made anew. One process at a
time works here for one insurer (a lock of the database); insurers never see one another's pages. No mark says what a page shows.
"""

import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Select, func, insert, select, update

from anpei.claims.documents._tables import page_marks, page_numbers, pages
from anpei.claims.documents.alike import numbers_of
from anpei.claims.documents.papers import PaperBook
from anpei.claims.dossier.model import Claim
from anpei.engines.db import Connection
from anpei.kernel import ids
from anpei.reading.likeness import IndexDamaged, IndexInUse, LikenessIndex, SegmentDamaged, fingerprint_of
from anpei.reading.model import PageReading
from anpei.trust.vault import Vault

log = structlog.get_logger()

FOLD_AT = 256
"""So many rows are compared one by one before they are folded into the indexes."""
FOLD_MOST = 50_000
CHUNK = 500
MOST_ASKED = 200
MOST_NEAR = 20
"""Candidates of one page that are looked at, nearest first."""
PICTURES, PAPERS = "pictures", "papers"


def mark_page(conn: Connection, *, vault: Vault, claim: Claim, page_id: str, reading: PageReading, papers: PaperBook) -> None:
    """Write the marks of a page that is being stored: picture hash, paper fingerprint, numbers; blind under this insurer's keys."""
    insurer = claim.insurer_id
    key = bytes.fromhex(vault.blind("paper", context=f"page_marks.paper:{insurer}"))
    paper = fingerprint_of(reading=reading, key=key, rules=papers.likeness.paper)
    conn.execute(
        insert(page_marks).values(
            page_id=page_id, claim_id=claim.id, insurer_id=insurer, picture=reading.image_hash, paper=paper, folded=False, taken=False
        )
    )
    for number in numbers_of(reading, papers.rules.alike_rule(reading.kind)):
        conn.execute(insert(page_numbers).values(page_id=page_id, number=vault.blind(number, context=f"page_numbers:{insurer}")))


def unmarked_pages(conn: Connection, *, limit: int) -> list[tuple[str, str]]:
    """Pages (id, claim) that were stored before there were marks."""
    query = select(pages.c.id, pages.c.claim_id).outerjoin(page_marks, page_marks.c.page_id == pages.c.id)
    return [(row.id, row.claim_id) for row in conn.execute(query.where(page_marks.c.page_id.is_(None)).order_by(pages.c.id).limit(limit))]


def release_pages(conn: Connection, *, claim_id: str) -> None:
    """A claim was withdrawn: its papers may be used again."""
    conn.execute(update(page_marks).where(page_marks.c.claim_id == claim_id).values(taken=False))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A page of another claim that may show the same paper: its distances in bits (None: not near), and whether a number is equal."""

    page_id: str
    picture_bits: int | None = None
    paper_bits: int | None = None
    by_number: bool = False

    @property
    def rank(self) -> tuple[bool, int]:
        """Numbers first, then the nearest."""
        return not self.by_number, min(bits for bits in (self.picture_bits, self.paper_bits, 256) if bits is not None)


@dataclass
class SeenPages:
    """The indexes of a home: one folder an insurer. Keeps them open; safe for threads and for several processes."""

    folder: Path
    _open: dict[tuple[str, str], LikenessIndex] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def candidates(self, conn: Connection, *, claim: Claim, page_ids: Collection[str], papers: PaperBook) -> dict[str, list[Candidate]]:
        """For each of a claim's pages the pages of other claims (whose evidence was collected) that may show the same paper.

        Call it in the transaction that collects the evidence, after the pages were committed: of two claims with one paper, the one
        that is collected later finds the other.
        """
        _hold(conn, claim.insurer_id)
        with self._guard:
            self._bring_up_to_date(conn, claim.insurer_id)
            found = {page_id: self._near(conn, claim, page_id, papers) for page_id in page_ids}
        taken = _taken(conn, claim.id, {one.page_id for candidates in found.values() for one in candidates})
        return {
            page_id: sorted((one for one in candidates if one.page_id in taken), key=lambda one: one.rank)[:MOST_NEAR]
            for page_id, candidates in found.items()
        }

    def take(self, conn: Connection, *, page_ids: Collection[str]) -> None:
        """From now on these pages are found: their claim's evidence is collected."""
        conn.execute(update(page_marks).where(page_marks.c.page_id.in_(page_ids)).values(taken=True))

    # --- looking --------------------------------------------------------------------------------------------------------

    def _near(self, conn: Connection, claim: Claim, page_id: str, papers: PaperBook) -> list[Candidate]:
        own = conn.execute(select(page_marks).where(page_marks.c.page_id == page_id)).first()
        if own is None:
            return []
        within = {PICTURES: papers.likeness.image.near_bits, PAPERS: papers.likeness.paper.near_bits}
        asked = {PICTURES: own.picture, PAPERS: own.paper}
        bits: dict[str, dict[str, int]] = {PICTURES: {}, PAPERS: {}}
        for what, asked_hash in asked.items():
            index = self._open.get((claim.insurer_id, what))
            if asked_hash and index is not None:
                near = index.near(image_hash=asked_hash, within=within[what], limit=MOST_ASKED)
                bits[what] = {one.page_id: one.distance for one in near}
        for row in conn.execute(_unfolded(claim.insurer_id).where(page_marks.c.claim_id != claim.id)):
            for what, told in ((PICTURES, row.picture), (PAPERS, row.paper)):
                if asked[what] and told and (apart := _apart(asked[what], told)) <= within[what]:
                    bits[what][row.page_id] = apart
        numbered = set(_same_number(conn, page_id))
        return [
            Candidate(other, bits[PICTURES].get(other), bits[PAPERS].get(other), other in numbered)
            for other in sorted({*bits[PICTURES], *bits[PAPERS], *numbered})
        ]

    # --- folding in -----------------------------------------------------------------------------------------------------

    def _bring_up_to_date(self, conn: Connection, insurer: str) -> None:
        """Open what another process wrote, make anew what is lost, fold in what has gathered."""
        for what in (PICTURES, PAPERS):
            if not self._look(conn, insurer, what):
                self._forget(conn, insurer, what)
        waiting = select(func.count()).select_from(_unfolded(insurer).subquery())
        if int(conn.execute(waiting).scalar_one()) < FOLD_AT:
            return
        try:
            self._fold_in(conn, insurer)
        except (IndexInUse, OSError) as error:
            log.error("likeness.not_folded", insurer=insurer, error=type(error).__name__)
        for what in (PICTURES, PAPERS):
            self._look(conn, insurer, what)

    def _fold_in(self, conn: Connection, insurer: str) -> None:
        """Move the rows that wait into the indexes. What is interrupted is done again: the same row twice is one."""
        while rows := conn.execute(_unfolded(insurer).limit(FOLD_MOST)).all():
            for what in (PICTURES, PAPERS):
                told = [(row.page_id, row.picture if what == PICTURES else row.paper) for row in rows]
                with LikenessIndex(self._place(insurer, what)) as index:
                    index.add_all([pair for pair in told if pair[1]])
            for start in range(0, len(rows), CHUNK):
                chunk = [row.page_id for row in rows[start : start + CHUNK]]
                conn.execute(update(page_marks).where(page_marks.c.page_id.in_(chunk)).values(folded=True))

    def _look(self, conn: Connection, insurer: str, what: str) -> bool:
        """Have an index open and fresh. False when there is none, or not a whole one (damaged, or older than the database)."""
        index = self._open.pop((insurer, what), None)
        try:
            if index is None:
                index = LikenessIndex(self._place(insurer, what), writable=False)
                if len(index) < _count_folded(conn, insurer, what):
                    return False
            else:
                index.refresh()
            if index.damaged:
                raise index.damaged[0]
        except (IndexDamaged, SegmentDamaged) as error:
            if self._place(insurer, what).exists():
                log.error("likeness.made_anew", index=what, insurer=insurer, code=error.code)
            return False
        self._open[insurer, what] = index
        return True

    def _forget(self, conn: Connection, insurer: str, what: str) -> None:
        """Set an index aside that is not whole and have every page folded in again; nothing but time is lost."""
        place = self._place(insurer, what)
        if place.exists():
            place.rename(place.with_name(f"{what}.aside-{ids.new_id()}"))
        conn.execute(update(page_marks).where(page_marks.c.insurer_id == insurer, page_marks.c.folded).values(folded=False))

    def _place(self, insurer: str, what: str) -> Path:
        return self.folder / insurer / what


def _hold(conn: Connection, insurer: str) -> None:
    """Hold the insurer's marks until the transaction ends (SQLite: the writing transaction holds everything)."""
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"page_marks:{insurer}", 0))))


def _unfolded(insurer: str) -> Select[Any]:
    return select(page_marks.c.page_id, page_marks.c.picture, page_marks.c.paper).where(
        page_marks.c.insurer_id == insurer, ~page_marks.c.folded
    )


def _count_folded(conn: Connection, insurer: str, what: str) -> int:
    told = page_marks.c.picture if what == PICTURES else page_marks.c.paper
    query = select(func.count()).select_from(page_marks).where(page_marks.c.insurer_id == insurer, page_marks.c.folded, told != "")
    return int(conn.execute(query).scalar_one())


def _same_number(conn: Connection, page_id: str) -> Iterator[str]:
    own = select(page_numbers.c.number).where(page_numbers.c.page_id == page_id)
    yield from conn.execute(
        select(page_numbers.c.page_id).where(page_numbers.c.number.in_(own), page_numbers.c.page_id != page_id)
    ).scalars()


def _taken(conn: Connection, claim_id: str, page_ids: Collection[str]) -> set[str]:
    """Those of the pages that are taken by another claim."""
    query = select(page_marks.c.page_id).where(page_marks.c.page_id.in_(page_ids), page_marks.c.taken, page_marks.c.claim_id != claim_id)
    return set(conn.execute(query).scalars())


def _apart(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()
