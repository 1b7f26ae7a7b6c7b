"""The stages of a plan, each from value to value.

`make_plan` calls them in their order, and none knows another.
"""
