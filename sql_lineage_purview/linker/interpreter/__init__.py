"""Interpreter: statements in their order, by their kinds.

Arms, loops, calls and executed strings.
"""
