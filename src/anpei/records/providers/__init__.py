"""Providers (医疗机构): hospitals with region, grade, ownership and designation, found by the name a document prints.

Owns: providers and the stamp of their register. Written by: imports. Emits no events. "No match" is an answer.
"""
