"""Intake (报案): the guided report; asks only what matters, pre-fills what is held, opens the claim once. Writes the report section.

Emits ``claims.intake.reported`` and ``claims.intake.withdrawn``.
"""
