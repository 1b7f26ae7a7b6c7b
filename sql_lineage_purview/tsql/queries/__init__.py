"""Queries: tokens of a query, an expression or a condition to facts.

The way goes through the tree of the parser library.

    query_reader -> rewrite (text that the library reads for certain) -> parser -> query_lowering
    and expression_lowering

What a statement reads and calls is noted in its `statement_context`.
"""
