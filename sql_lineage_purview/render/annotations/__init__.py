"""Findings at places of files, in the forms that builds and code hosts show beside the lines.

Whatever has a rule, a level, a message and a place is an `Annotation`: a diagnostic of a scan, a
change between two states of a project.
"""
