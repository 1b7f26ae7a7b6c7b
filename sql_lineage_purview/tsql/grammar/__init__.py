"""The grammar of statements, to be held against their tokens.

What the server would refuse is found, with its place.

It makes nothing of what it reads: lineage comes from the room `statements`, whose functions take
more than they should. A rule is a function that moves a cursor over what it describes, or raises
`Unexpected` where the text cannot go on like this.

Source:
https://learn.microsoft.com/sql/t-sql/language-elements/transact-sql-syntax-conventions-transact-sql
"""
