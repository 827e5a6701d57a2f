"""Exactness (识别评测): how exactly freshly drawn pages are read, by kind and photo condition, and what it costs.

``score`` compares one reading with its truth, ``measure`` draws and reads, ``report`` adds up and writes tables, ``compare`` lets
other engines read the same pages. Writes nothing; emits no events.
"""
