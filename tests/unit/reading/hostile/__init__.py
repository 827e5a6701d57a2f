"""Broken and hostile files, built when they are asked for: each has a name and a maker."""
