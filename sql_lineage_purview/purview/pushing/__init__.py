"""Carrying out a plan, in bulks, so that nothing is lost and nothing sent twice."""
