/* ----------------------------------------------------------------------------------------------
   Hands the customers' segments back to the shop: the folder written here is what SalesDb reads
   as its external table ext.CustomerSegment.
   The pipeline empties the folder first, CREATE EXTERNAL TABLE AS SELECT does not overwrite.
   ---------------------------------------------------------------------------------------------- */
IF EXISTS (SELECT 1 FROM sys.external_tables WHERE name = 'CustomerSegmentExport')
    DROP EXTERNAL TABLE ext.CustomerSegmentExport;
GO

CREATE EXTERNAL TABLE ext.CustomerSegmentExport
WITH (
    LOCATION = '/customer_segment/',
    DATA_SOURCE = RetailLakeCurated,
    FILE_FORMAT = ParquetSnappy
)
AS
SELECT c.CustomerCode,
       CASE WHEN SUM(f.NetAmount) >= 10000 THEN 'A'
            WHEN SUM(f.NetAmount) >= 1000  THEN 'B'
            ELSE 'C'
       END              AS Segment,
       SUM(f.NetAmount) AS Revenue
FROM dw.FactSales AS f
INNER JOIN dw.DimCustomer AS c ON c.CustomerKey = f.CustomerKey
WHERE c.IsCurrent = 1
GROUP BY c.CustomerCode
OPTION (LABEL = 'CETAS : customer segment');
GO
