-- dw.DimStore is small: it is built anew from the landed files every night
IF OBJECT_ID('dw.DimStore') IS NOT NULL DROP TABLE dw.DimStore;
GO

CREATE TABLE dw.DimStore
WITH
(
    DISTRIBUTION = REPLICATE,
    CLUSTERED COLUMNSTORE INDEX
)
AS
SELECT CAST(ROW_NUMBER() OVER (ORDER BY s.StoreCode) AS int) AS StoreKey
     , s.StoreCode
     , s.StoreName
     , UPPER(s.CountryCode) AS CountryCode
     , CASE
           WHEN s.FloorAreaSqm >= 2500 THEN 'Flagship'
           WHEN s.FloorAreaSqm >= 400  THEN 'Standard'
           ELSE 'Kiosk'
       END AS StoreFormat
FROM ext.Store AS s
WHERE s.ClosedOn IS NULL
GO

CREATE STATISTICS st_DimStore_StoreCode ON dw.DimStore (StoreCode)
GO
