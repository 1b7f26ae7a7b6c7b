CREATE OR ALTER FUNCTION dbo.ufn_LatestOrders (@CustomerId int, @Count int)
RETURNS TABLE
AS
RETURN
(
    SELECT TOP (@Count)
           t.OrderId, t.OrderDate, t.OrderTotal
    FROM dbo.vw_OrderTotals AS t
    WHERE t.CustomerId = @CustomerId
    ORDER BY t.OrderDate DESC, t.OrderId DESC
)
GO
