"""States of a git repository that are not checked out, read from its objects by git itself."""
