IF EXISTS (SELECT * FROM sys.external_tables WHERE object_id = OBJECT_ID('ext.Product'))
	DROP EXTERNAL TABLE ext.Product
GO

/* product list of the merchandising system: CSV with a header line */
create external table [ext].[Product]
(
	[ProductCode]	varchar(20)	not null,
	[ProductName]	nvarchar(200)	null,
	[CategoryPath]	nvarchar(400)	null,	-- 'Home / Kitchen / Knives'
	[ListPrice]	decimal(19,4)	null,
	[LaunchedOn]	date	null
--	[Supplier]	varchar(20)	null		-- dropped by the source system in 2025
)
with (
	location = 'reference/product/product.csv',
	data_source = RetailLakeRawHadoop,
	file_format = CsvSemicolon,
	reject_type = value,
	reject_value = 0
)
go
