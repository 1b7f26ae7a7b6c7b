"""Frames: one activation of a module or script, and what statements do to what it holds."""
