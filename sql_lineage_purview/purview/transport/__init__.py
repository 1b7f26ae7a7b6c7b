"""How requests travel: signed in, retried, capped, and over verified lines alone."""
