/* Copies any table before a release.  Which one, only the caller knows. */
CREATE PROCEDURE dbo.usp_SnapshotTable
    @TableName sysname
AS
DECLARE @sql nvarchar(max), @copy sysname = @TableName + N'_' + CONVERT(nchar(8), GETDATE(), 112)

IF OBJECT_ID(N'dbo.' + QUOTENAME(@TableName)) IS NULL
BEGIN
    RAISERROR (N'There is no table dbo.%s', 16, 1, @TableName)
    RETURN 1
END

SET @sql = N'SELECT * INTO dbo.' + QUOTENAME(@copy) + N' FROM dbo.' + QUOTENAME(@TableName)
PRINT @sql
EXEC (@sql)
GO
