"""Compiling: one text at a time, over its statements and through what holds others: blocks, modules, executed strings."""
