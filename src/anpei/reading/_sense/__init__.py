"""Sense (理解): from text with places to a kind, fields and rows. What is known about kinds and layouts is data in the rulebook."""
