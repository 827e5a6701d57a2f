"""Rules room (规则机): facts x rule rows -> hits with trace.

Owns rule templates (规则模板), rule rows (规则条目), catalogue rows with opaque payloads, and snapshots (规则快照). Writes only
snapshot directories and the pointer beside them; emits no events. It knows rules, not what they are about.
"""
