"""Everything about one claim that its page shows, in one look."""

from collections.abc import Collection

from anpei.claims.dossier import queries
from anpei.entrypoints.api import answers
from anpei.entrypoints.api.views.aftermath import notices_of, payments_of, proofs_of
from anpei.entrypoints.api.views.claims import claim_of
from anpei.entrypoints.api.views.papers import papers_of
from anpei.entrypoints.api.views.progress import progress_of
from anpei.entrypoints.api.views.reasoning import reasoning_of
from anpei.entrypoints.api.views.sight import Sight, claim_in_sight


def dossier_of(sight: Sight, claim_id: str, *, opened: Collection[str] = ()) -> answers.Dossier:
    """The whole of a claim in sight. Raises ClaimNotFound."""
    claim = claim_in_sight(sight, claim_id)
    timeline = queries.list_timeline(sight.conn, claim_id=claim.id)
    return answers.Dossier(
        claim=claim_of(sight, claim, timeline), progress=progress_of(sight, claim, timeline), papers=papers_of(sight, claim, opened=opened),
        reasoning=reasoning_of(sight, claim, opened=opened), payments=payments_of(sight, claim), proofs=proofs_of(sight, claim),
        notices=notices_of(sight, claim),
    )  # fmt: skip
