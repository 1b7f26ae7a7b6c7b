"""What is told of a run: to a monitor, and to the next run."""
