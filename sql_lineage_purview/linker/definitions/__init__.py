"""Definitions of a scan's objects.

They are the objects by name, how scripts alter them, and the strings that calls pass to
procedures.
"""
