/*  Builds the product dimension beside the old one and swaps the two by name, so that readers never see it empty.
    Keys that were given once are kept.  The old table stays until the next run, for comparison.             */
CREATE PROC [dw].[usp_RebuildDimProduct]
AS
BEGIN
	IF OBJECT_ID('dw.DimProduct_new') IS NOT NULL DROP TABLE dw.DimProduct_new
	IF OBJECT_ID('dw.DimProduct_old') IS NOT NULL DROP TABLE dw.DimProduct_old

	CREATE TABLE [dw].[DimProduct_new]
	WITH (DISTRIBUTION = REPLICATE, CLUSTERED COLUMNSTORE INDEX)
	AS
	SELECT COALESCE(d.ProductKey, m.MaxKey + CAST(ROW_NUMBER() OVER (ORDER BY p.ProductCode) AS int)) AS ProductKey,
		p.ProductCode,
		p.ProductName,
		LTRIM(RTRIM(LEFT(p.CategoryPath, CHARINDEX('/', p.CategoryPath + '/') - 1))) AS Category,
		p.ListPrice
	FROM ext.Product AS p
	LEFT JOIN dw.DimProduct AS d ON d.ProductCode = p.ProductCode
	CROSS JOIN (SELECT ISNULL(MAX(ProductKey), 0) AS MaxKey FROM dw.DimProduct) AS m

	RENAME OBJECT dw.DimProduct TO DimProduct_old
	RENAME OBJECT dw.DimProduct_new TO DimProduct
	-- DROP TABLE dw.DimProduct_old
END
GO
