"""Assembly: the findings of all files become the lineage graph, each once, in one order."""
