"""Identity (身份): accounts, passwords, sign-in and tokens."""
