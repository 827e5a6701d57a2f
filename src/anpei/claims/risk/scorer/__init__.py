"""Scorer (风险评分): learns from a table of past cases with named columns, and scores with reasons. Pure: tables in, numbers out.

Owns no table of the database; its models lie in folders (``artefact``). Training needs scikit-learn; scoring needs numpy only, since the
trees are kept as data. A score is evidence for a person and nothing else: nothing here knows amounts to pay or decisions.
"""
