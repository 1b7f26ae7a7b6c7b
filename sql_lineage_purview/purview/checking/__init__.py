"""Looking at what is there: verify, doctor and trace."""
