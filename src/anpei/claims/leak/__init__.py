"""Leak measurement (漏损测量): a seeded share of unattended settlements is decided again, blind, by a person; what follows is counted.

Owns the tables ``leak_decisions`` (the frame), ``leak_draws``, ``leak_tasks``, ``leak_answers``, ``leak_followups``; answers and follow-ups
are only ever added. Emits ``claims.leak.recovery_opened``, ``claims.leak.supplement_proposed`` and ``claims.leak.supplement_signed``.
Nothing here moves money: an overpayment opens a record for recovery, an underpayment a proposal that a person signs.
"""
