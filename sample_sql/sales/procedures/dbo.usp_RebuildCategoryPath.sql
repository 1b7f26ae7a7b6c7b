CREATE TABLE dbo.Category
(
    CategoryId          int             NOT NULL PRIMARY KEY,
    ParentCategoryId    int             NULL REFERENCES dbo.Category (CategoryId),
    CategoryName        nvarchar(100)   NOT NULL
);
CREATE TABLE dbo.CategoryPath
(
    CategoryId          int             NOT NULL PRIMARY KEY,
    RootCategoryId      int             NOT NULL,
    CategoryName        nvarchar(100)   NOT NULL,
    Depth               int             NOT NULL,
    FullPath            nvarchar(1000)  NOT NULL
);
GO

CREATE OR ALTER PROCEDURE dbo.usp_RebuildCategoryPath
AS
    SET NOCOUNT ON;
    DELETE dbo.CategoryPath;

    WITH tree (CategoryId, RootId, CategoryName, Depth, FullPath) AS
    (
        SELECT c.CategoryId, c.CategoryId, c.CategoryName, 0, CAST(c.CategoryName AS nvarchar(1000))
        FROM dbo.Category AS c
        WHERE c.ParentCategoryId IS NULL

        UNION ALL

        SELECT c.CategoryId, t.RootId, c.CategoryName, t.Depth + 1, CAST(t.FullPath + N' / ' + c.CategoryName AS nvarchar(1000))
        FROM dbo.Category AS c
        INNER JOIN tree AS t ON t.CategoryId = c.ParentCategoryId
    )
    INSERT INTO dbo.CategoryPath
    SELECT CategoryId, RootId, CategoryName, Depth, FullPath
    FROM tree
    OPTION (MAXRECURSION 20);
GO
