"""Products (产品): dated product data, checked on load, resolved to the terms that hold on the day of loss.

Owns: the rulebook folder ``products``. Written by: the product department, as files. Emits no events.
Other rooms import the modules: ``library`` (load, reload, terms), ``model`` (Terms), ``schema`` (the file format).
"""
