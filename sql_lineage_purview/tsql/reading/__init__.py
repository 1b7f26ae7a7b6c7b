"""Reading: the bytes of a file to its tokens.

    decode (bytes to text) -> sqlcmd (lines that begin with a colon) -> lexer (text to tokens, cut
    into batches at GO)

Beside them stands what is told of a text before any statement is: the dialect it is written in, the
lineage that its comments declare, and what another program fills in (`templates`, `agent_tokens`,
`splices`).
"""
