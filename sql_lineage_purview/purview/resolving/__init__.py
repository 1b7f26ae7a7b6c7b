"""From tables of a scan to assets of the account."""
