"""Policies (保单): who is insured under which product and plan, from when to when, and what has been used of it.

Owns: policies, accumulator entries. Written by: imports from the core system (``intake``), settlement (``accumulators``).
Emits no events. Other rooms import the modules.
"""
