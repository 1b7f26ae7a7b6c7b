"""A folder at a time: settings, discovery, cache, scan."""
