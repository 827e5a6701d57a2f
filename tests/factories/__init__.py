"""Factories for tests: one file per room; everything they make is fictional."""
