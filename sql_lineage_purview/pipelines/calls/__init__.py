"""Pipelines that call one another, and what each is run with."""
