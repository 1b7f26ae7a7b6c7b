-- Result set for the daily report; also caught by dbo.usp_BuildOrderSummary
CREATE OR ALTER PROC dbo.usp_GetOrderTotals @From date, @To date
AS
SET NOCOUNT ON

SELECT t.OrderDate, c.CountryCode, t.OrderId, t.OrderTotal, t.ReturnedTotal
FROM dbo.vw_OrderTotals t
INNER JOIN [SalesDb].dbo.Customer c ON c.CustomerId = t.CustomerId
WHERE t.OrderDate >= @From AND t.OrderDate < @To

RETURN 0
GO
