"""Copies as the facts of statements."""
