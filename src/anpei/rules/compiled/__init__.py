"""Compiled rules (编译规则): the same rows as columns, judged by numpy or by machine code; one specification with ``rules.judging``.

Owns: the form of the columns, programs of templates, encoding of facts. Written by ``build``. Emits no events. What a hit says in
words is always told by the reference evaluation (``telling``), which also proves each hit anew.
"""
