"""Patching: a graph is made from the one before, where few files have changed in what they do."""
