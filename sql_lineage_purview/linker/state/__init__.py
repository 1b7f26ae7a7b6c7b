"""State: what a run holds at one point, joined where arms meet: variables, cursors and temporary tables."""
