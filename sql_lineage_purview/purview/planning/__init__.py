"""From a lineage graph to a plan: what a push would create, update and delete."""
