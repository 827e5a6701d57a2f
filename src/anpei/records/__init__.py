"""Records (档案): parties, partners, products, policies, providers, catalogues. Who and what a claim is about, as of a day."""
