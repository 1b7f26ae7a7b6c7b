"""Definitions: the objects of a scan by name, how scripts alter them, and the strings that calls pass to procedures."""
