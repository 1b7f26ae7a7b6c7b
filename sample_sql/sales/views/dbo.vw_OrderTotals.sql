CREATE OR ALTER VIEW dbo.vw_OrderTotals
AS
    SELECT  o.OrderId,
            o.CustomerId,
            o.OrderDate,
            CASE o.[Status] WHEN 'O' THEN 'Open' WHEN 'S' THEN 'Shipped' ELSE 'Returned' END AS StatusName,
            COUNT(*)                                                    AS LineCount,
            SUM(l.LineTotal)                                            AS OrderTotal,
            SUM(CASE WHEN o.[Status] = 'R' THEN l.LineTotal ELSE 0 END) AS ReturnedTotal
    FROM    dbo.Orders AS o
    JOIN    dbo.OrderLine AS l
            ON l.OrderId = o.OrderId
    WHERE   o.[Status] <> 'X'
    GROUP BY o.OrderId, o.CustomerId, o.OrderDate, o.[Status]
GO
