"""The drawing board: a sheet that remembers which facts were put on it, seals and codes, and photo effects."""
