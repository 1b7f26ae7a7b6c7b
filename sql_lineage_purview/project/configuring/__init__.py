"""What a user sets: settings, and where they come from."""
