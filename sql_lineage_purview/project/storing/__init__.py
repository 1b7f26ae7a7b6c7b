"""What is kept between runs: one file for each project, which anybody may delete at any time."""
