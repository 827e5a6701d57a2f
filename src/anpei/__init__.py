"""Anpei (安赔): an open, self-hosted platform that reads, audits, calculates, decides and pays insurance claims."""

__version__ = "0.1.0"
