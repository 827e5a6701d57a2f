"""Connectors (连接器): the outside world behind the rooms' ports. Each implements one Protocol of a ``ports`` module and nothing else.

Bank: ``sandbox_bank`` (a stand-in with a fault script). Mail: ``mail_file`` (a folder of .eml files), ``mail_smtp``.
"""
