"""Lifetimes: which tables and views are gone at the end of the run that makes them."""
