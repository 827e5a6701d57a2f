"""Rule iteration (规则迭代): the life cycle of a rule snapshot: draft, shadow, canary, live, retired; nobody publishes alone.

Owns the tables ``rule_releases`` (发布单), ``release_steps``, ``release_comparisons``, ``release_tallies``, ``release_notices`` and
``rule_standing``; steps and comparisons are only ever added. The tables are the truth about what is in use; the document that readers of
snapshots follow is written from them by ``journeys.iteration``. Emits ``claims.iteration.proposed``, ``claims.iteration.moved``,
``claims.iteration.rolled_back``; ``claims.iteration.fell_back`` comes from the line of claims.
"""
