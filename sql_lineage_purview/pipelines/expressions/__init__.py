"""The expression language of pipelines: what a property is before the pipeline runs, as far as it can be told."""
