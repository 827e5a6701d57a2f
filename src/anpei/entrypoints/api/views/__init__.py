"""Views (视图): what the doors show of a claim, built from queries, masked, in the language asked for. Pages and API show the same."""
