"""Journeys (旅程): what happens next across rooms; one module per journey. React to events, hold no business rule of their own."""
