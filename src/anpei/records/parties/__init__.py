"""Parties (当事人): the people that policies name, per insurer. Name, number of the paper of identity and phone are sealed.

Owns: parties. Written by: the import of policies. Emits no events. Look-up goes by blind index; whoever reads a party has passed the
access gate before.
"""
