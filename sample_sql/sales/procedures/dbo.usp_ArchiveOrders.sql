CREATE OR ALTER PROCEDURE [dbo].[usp_ArchiveOrders]
AS
BEGIN
    SET NOCOUNT ON;

    DECLARE @cutoff date;

    SELECT @cutoff = DATEADD(MONTH, -p.KeepMonths, GETDATE())
    FROM dbo.ArchivePolicy AS p
    WHERE p.TableName = 'Orders'

    IF @cutoff IS NULL
    BEGIN
        RAISERROR('No policy for dbo.Orders', 16, 1)
        RETURN
    END

    -- the lines first: they refer to the order
    DELETE l
    FROM dbo.OrderLine AS l
    INNER JOIN dbo.Orders AS o ON o.OrderId = l.OrderId
    WHERE o.OrderDate < @cutoff
      AND o.Status IN ('S', 'X');

    DELETE FROM dbo.Orders
    OUTPUT deleted.OrderId, deleted.CustomerId, deleted.OrderDate, deleted.Status
        INTO dbo.OrdersArchive (OrderId, CustomerId, OrderDate, Status)
    WHERE OrderDate < @cutoff
      AND OrderId NOT IN (SELECT ol.OrderId FROM dbo.OrderLine AS ol)
END
GO
