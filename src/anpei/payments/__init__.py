"""Payments (支付): payment orders, the double-entry ledger and the cases that people must look at.

Owns: payment orders (付款指令), ledger postings (账务分录), payment cases (支付异常). Written by: claims settlement creates an order,
the bank's outcomes move it. Emits: ``payments.order.confirmed``, ``payments.order.rejected``, ``payments.order.reversed``.
Nothing here decides whether money is due: an order exists only with the digest of the decision that says so.
"""
