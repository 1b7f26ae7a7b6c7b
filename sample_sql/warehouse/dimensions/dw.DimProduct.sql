create table [dw].[DimProduct](
	[ProductKey] [int] NULL,
	[ProductCode] [varchar](20) NOT NULL,
	[ProductName] [nvarchar](200) NULL,
	[Category] [nvarchar](400) NULL,
	[ListPrice] [decimal](19, 4) NULL
)
WITH
(
	DISTRIBUTION = REPLICATE,
	CLUSTERED COLUMNSTORE INDEX
)
GO
