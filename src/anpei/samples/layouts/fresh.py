"""The fresh set: forms drawn by hands that saw neither the reading nor other forms. Importing registers them; bench keeps their hash."""

__all__: list[str] = []
