"""Documents (单证): takes uploads, has them read, and turns pages into evidence. Writes the evidence section.

Emits ``claims.documents.page_read``, ``claims.documents.evidence_complete`` and ``claims.documents.evidence_wanting``.
"""
