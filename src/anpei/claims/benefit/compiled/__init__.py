"""The benefit of many cases at once (批量理算): programs made of the terms, run over columns, equal to ``assess`` to the fen.

For the replay of a year of claims. ``schema`` is the table of cases, ``rows`` brings facts into it and back.
"""
