-- The customers' segments, as the warehouse wrote them to the lake (RetailDW: ext.CustomerSegmentExport)
CREATE SCHEMA ext
GO
CREATE DATABASE SCOPED CREDENTIAL LakeIdentity WITH IDENTITY = 'Managed Identity'
GO
CREATE EXTERNAL DATA SOURCE RetailLakeCurated
WITH (LOCATION = 'adls://curated@retaillake.dfs.core.windows.net', CREDENTIAL = LakeIdentity)
GO
CREATE EXTERNAL FILE FORMAT ParquetFile WITH (FORMAT_TYPE = PARQUET)
GO

CREATE EXTERNAL TABLE ext.CustomerSegment
(
    CustomerCode    varchar(20)     NULL,
    Segment         varchar(1)      NULL,
    Revenue         decimal(38,4)   NULL
)
WITH (LOCATION = '/customer_segment/', DATA_SOURCE = RetailLakeCurated, FILE_FORMAT = ParquetFile)
GO

CREATE OR ALTER PROCEDURE dbo.usp_ApplyCustomerSegment
AS
UPDATE c
SET Segment = s.Segment,
    ModifiedAt = SYSUTCDATETIME()
FROM dbo.Customer AS c
JOIN [ext].[CustomerSegment] s ON s.CustomerCode = c.CustomerCode
WHERE ISNULL(c.Segment, '') <> s.Segment
GO
