"""State: what a run holds at one point, joined where arms meet.

It holds variables, cursors and temporary tables.
"""
