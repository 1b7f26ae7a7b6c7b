"""From paths to facts: which files there are, what they say, and what databases know of them."""
