"""A pass over many past claims at once: columns in, columns out, equal to ``replay.reference`` claim by claim.

What a column cannot say (a row that is not whole, a value of another form, an amount that only the reference calculates) is left to the
reference, claim by claim; nothing is guessed. Owns nothing else; emits no events.
"""
