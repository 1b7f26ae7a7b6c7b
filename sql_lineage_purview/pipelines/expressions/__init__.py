"""The expression language of pipelines, which says what a property is before the run.

It says so as far as it can be told.
"""
