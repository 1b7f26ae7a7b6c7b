"""What two states of a project differ in, and what that means to whoever uses it.

`graph_comparison` is where it begins.
"""
