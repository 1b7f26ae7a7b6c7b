"""Context: what one linking knows and collects, for all modules.

It holds columns, edges, diagnostics, budgets and summaries of calls.
"""
