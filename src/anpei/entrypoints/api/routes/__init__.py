"""The routes of the API, one module per subject. Each translates, guards, and calls one operation or query."""
