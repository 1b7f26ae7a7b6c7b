"""The nouns that all rooms share: names, places, diagnostics, facts, edges, the graph.

Standard library only.
"""
