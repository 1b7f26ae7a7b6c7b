CREATE VIEW [dw].[vw_StoreSales]
AS
SELECT  [st].[StoreName],
        st.StoreFormat,
        f.OrderId,
        c.FullName                                                              AS CustomerName,
        MAX(CASE WHEN c.LoyaltyTier IN ('GOLD', 'SILVER') THEN 'Y' ELSE 'N' END)  AS IsLoyal,
        SUM(f.NetAmount)                                                        AS NetAmount
FROM    [dw].[FactSales] AS f
JOIN    dw.DimStore st      ON st.StoreKey = f.StoreKey
LEFT JOIN dw.DimCustomer c  ON c.CustomerKey = f.CustomerKey
GROUP BY st.StoreName, st.StoreFormat, f.OrderId, c.FullName
GO
