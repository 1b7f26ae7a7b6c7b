"""Where the account is that is read and published to: opened, its tables' places, and what it knows of columns."""
