-- =============================================
-- Loads the open month into dw.FactSales
-- The month is built in stg.FactSales_Switch, which must be cut and distributed like the fact table,
-- and then takes the place of the partition.  ISNULL() makes the columns NOT NULL, else the switch is refused.
-- 2026-08-31  first version (INSERT ... SELECT)
-- 2026-10-02  partition switch
-- =============================================
CREATE PROCEDURE dw.usp_LoadFactSales
AS
BEGIN
    IF OBJECT_ID('stg.FactSales_Switch') IS NOT NULL
        DROP TABLE stg.FactSales_Switch;

    CREATE TABLE stg.FactSales_Switch
    WITH
    (
        DISTRIBUTION = HASH(OrderId),
        CLUSTERED COLUMNSTORE INDEX,
        PARTITION (DateKey RANGE RIGHT FOR VALUES (20260801, 20260901, 20261001, 20261101, 20261201))
    )
    AS
    SELECT ISNULL(CAST(CONVERT(char(8), s.OrderDate, 112) AS int), 0)  AS DateKey,
           ISNULL(st.StoreKey, -1)                                     AS StoreKey,
           ISNULL(c.CustomerKey, -1)                                   AS CustomerKey,
           ISNULL(p.ProductKey, -1)                                    AS ProductKey,
           s.OrderId,
           s.LineNumber,
           ISNULL(s.Quantity, 0)                                       AS Quantity,
           ISNULL(CAST(s.Quantity * s.UnitPrice * (1 - s.DiscountPct) AS decimal(19,4)), 0) AS NetAmount
    FROM stg.Sales s
    INNER JOIN dw.DimStore   st ON st.StoreCode = s.StoreCode
    INNER JOIN dw.DimProduct p  ON p.ProductCode = s.ProductCode
    LEFT OUTER JOIN dw.DimCustomer c
           ON  c.CustomerCode = s.CustomerCode
           AND c.IsCurrent = 1
    WHERE s.OrderDate >= '20261101' AND s.OrderDate < '20261201'
    OPTION (LABEL = 'CTAS : stg.FactSales_Switch');

    /* until September:
    DELETE FROM dw.FactSales WHERE DateKey >= 20260901;
    INSERT INTO dw.FactSales SELECT * FROM stg.FactSales_Switch;
    */
    ALTER TABLE stg.FactSales_Switch SWITCH PARTITION 5 TO dw.FactSales PARTITION 5 WITH (TRUNCATE_TARGET = ON);
END
GO
