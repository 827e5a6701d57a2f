"""Samples (样张): draws pages and whole claim folders of fictional persons with known truth; nothing here is about real people.

Owns: the invented hospitals, items and diagnoses in ``data/``, the layouts, the photo effects, the scenarios and the amounts
expected from them, computed here on their own (never through the claims rooms). Writes files only, emits no events.
"""
