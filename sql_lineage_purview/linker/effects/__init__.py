"""Effects: what a statement reads by way of its frame, and where the rows go that it writes."""
