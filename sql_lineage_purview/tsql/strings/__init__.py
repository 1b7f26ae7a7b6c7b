"""Strings: dynamic SQL. What EXEC of a string may run, as far as the text of one file tells it.

    DECLARE @sql nvarchar(max) = N'INSERT dbo.T SELECT a FROM ' + QUOTENAME(@table)
    EXEC (@sql)  ->  the pattern `INSERT dbo.T SELECT a FROM [${@table}]`

`constants` follows the variables of a script statement by statement, `folding` puts expressions
together to `patterns`, within a `budget`; `executed` makes the facts of such a string those of the
statement that executes it.
"""
