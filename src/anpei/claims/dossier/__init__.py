"""Dossier (案卷): the claim's row and its append-only sections and timeline. Owns the claim's state; every other room writes one section.

Emits nothing itself. Payloads of sections are sealed by the vault; the timeline carries ids, codes and amounts only.
"""
