"""Layouts (版式): what is particular to one issuer's form, as data that grows by corrections; and which form a page has.

Owns: the keys of a form and the index over them, regions relative to printed words, the life of a layout (draft, shadow, live,
retired), golden pairs, and learning a layout from corrected pages. Public: ``forms``, ``states``, ``exchange``, ``golden``,
``learning``, ``shelf``.
"""
