"""Catalogues (医保目录): what an item is called, its class (甲乙丙), self-paid ratio, price cap, whether it is covered; by region.

Owns: catalogue items, their other names (别名) and the stamp of each region. Written by: imports. Emits no events. It gives the rule
machine's opaque payloads their meaning (``model.payload_of``, ``words``).
"""
