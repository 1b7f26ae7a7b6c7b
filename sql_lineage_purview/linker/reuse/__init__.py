"""Reuse: what earlier linkings have found, and whether it holds."""
