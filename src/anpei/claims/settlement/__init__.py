"""Settlement (结案给付): turns a decision to pay into the agreement, the payment order and the claim's end. Writes the settlement section.

Emits ``claims.settlement.ordered`` and ``claims.settlement.closed``.
"""
