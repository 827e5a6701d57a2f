"""Risk (风险): a score learnt from the user's own history, with reasons, and links between claims. Writes the risk section and the marks.

Owns the table ``claim_marks`` (blind values that claims share; never a plain one). What it finds are facts for the audit, whose findings
table sends the claim to a person; it knows no amount and no decision, so it can neither change one nor refuse.
"""
