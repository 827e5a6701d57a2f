"""Judging (评判): the reference execution. Facts x rows of templates -> hits and undecided rows, with every value that was read."""
