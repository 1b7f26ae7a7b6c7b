"""Cutting: the tokens of a batch to its statements, which T-SQL ends with no mark.

It also says which of them a run comes to.

SELECT a FROM dbo.S UPDATE dbo.T SET b = 1 IF @x = 1 DELETE dbo.U  ->  SELECT … | UPDATE … | IF … (
DELETE … )
"""
