"""Kernel (内核): money, periods, ids, clock, errors, events, canonical form. Pure; imports nothing of ours, reads no file."""
