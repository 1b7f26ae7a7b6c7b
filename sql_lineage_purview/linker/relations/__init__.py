"""Relations: queries whose names have been settled.

They say what flows into their columns, and which column a name can mean.
"""
