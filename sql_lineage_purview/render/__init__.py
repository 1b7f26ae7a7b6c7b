"""Graph or diagnostics to text: pure, one file a format."""
