"""Notices (通知): what people are told, in words that are data, once, with proof of delivery.

Owns: notices. Written by: journeys, which say what happened. Emits: ``notices.notice.delivered``, ``notices.notice.failed``.
A notice is always in the recipient's inbox; the channel ``mail`` sends it as well.
"""
