"""Stated (声明): what a file says of itself (XML of invoices and receipts, tags and attachments of an OFD), by formats that are data."""
