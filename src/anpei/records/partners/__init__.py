"""Partners (合作方): insurers, and per insurer and product the switch that stops automatic settlement.

Owns: insurers, automation switches (a row per change: who, when, why; the last one counts). Written by: operations staff. Emits no events.
"""
