"""Relations: queries whose names have been settled, what flows into their columns, and which column a name can mean."""
