"""Compiling: one text at a time, over its statements.

It goes through what holds others: blocks, modules, executed strings.
"""
