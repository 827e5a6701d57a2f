"""Replay (回溯重算): the past recalculated. Two snapshots (and product libraries) decide the same past claims; what differs is told.

Owns no table: past claims come as Parquet (``schema.PAST``), results go out as Parquet, JSON and one page. A pass is
``decide(table, opened=...)``: an Arrow table in, an Arrow table out, pure, opened once a process, so that any runner can use it. Equal to
what the live line decides on the same inputs. Pays nothing: what was paid too little becomes a list of proposals. Emits no events.
"""
