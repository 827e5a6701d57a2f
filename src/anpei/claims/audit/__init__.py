"""Audit (审核): rules and checks over the facts of a claim. Writes the findings and lane sections; decides nothing.

Emits ``claims.audit.audited``. Pure in its heart: ``examine(case)`` serves the live claim, the what-if question, the replay and the proof.
"""
