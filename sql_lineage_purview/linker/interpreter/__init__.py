"""Interpreter: statements in their order, by their kinds; arms, loops, calls and executed strings."""
