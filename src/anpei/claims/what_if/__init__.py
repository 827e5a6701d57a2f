"""What-if (试算): what a claim would pay before it exists, by the very functions of the claim line, and which changes would matter most.

Owns nothing in the database and emits no events. Pure: ``question`` makes facts of what is told, ``changes`` holds the closed list of
changes (``rulebook/changes.yaml``) and searches it, ``forecast`` says how sure an amount is. Reads catalogue and rules through what the
journey hands in.
"""
