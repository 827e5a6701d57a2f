"""Measurements (量度): one JSON line a figure, with the machine it was taken on. ``make bench``, or ``python -m bench NAMES --quick``.

Each module measures one subject in a process of its own and prints what it found as soon as it knows it: medians of repeated runs,
CPU-seconds beside seconds, and how much of the machine others used meanwhile. Nothing here is a test; nothing is left out when it is bad.
"""
