"""Binding: a query's facts to a relation, by an environment that answers what the query sees."""
