"""Decision (核赔决定): what follows from findings and assessment, and the signed proof of it. Writes the decision section.

The machine issues ``Settle`` (what follows by arithmetic from dated terms) or ``Refer``. ``Refuse`` and ``Reduce`` cannot be constructed
without a person's signature. Emits ``claims.decision.decided`` and ``claims.decision.referred``.
"""
