"""Snapshots (规则快照): immutable, verified folders of rows, templates and catalogue; publishing them; proofs that a row stood in one."""
