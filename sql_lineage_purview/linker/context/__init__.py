"""Context: what one linking knows and collects, for all modules: columns, edges, diagnostics, budgets, summaries of calls."""
