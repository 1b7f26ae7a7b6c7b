-- Contacts for the call centre: who ordered last, and how to reach them
-- Author: Hélène Lefèvre, 2025-04-17
CREATE TABLE dbo.CustomerContact
(
    CustomerId      int             NOT NULL,
    FullName        nvarchar(121)   NOT NULL,
    Email           nvarchar(256)   NOT NULL,
    MailDomain      nvarchar(256)   NULL,
    Phone           varchar(40)     NULL,
    OrderId         int             NOT NULL,
    OrderDate       date            NOT NULL,
    RunningTotal    decimal(38,4)   NULL,
    RefreshedAt     datetime        NOT NULL,
    CONSTRAINT PK_CustomerContact PRIMARY KEY (CustomerId, OrderId)
)
GO

CREATE OR ALTER PROCEDURE dbo.usp_RefreshCustomerContact
AS
SET NOCOUNT ON
TRUNCATE TABLE dbo.CustomerContact

INSERT INTO dbo.CustomerContact (CustomerId, FullName, Email, MailDomain, Phone, OrderId, OrderDate, RunningTotal, RefreshedAt)
SELECT  c.CustomerId,
        c.FullName,
        c.Email,
        LOWER(SUBSTRING(c.Email, CHARINDEX(N'@', c.Email) + 1, 256)),
        dbo.fn_NormalizePhone(c.Phone, c.CountryCode),
        lo.OrderId,
        lo.OrderDate,
        SUM(lo.OrderTotal) OVER (PARTITION BY c.CustomerId ORDER BY lo.OrderDate, lo.OrderId ROWS UNBOUNDED PRECEDING),
        GETDATE()
FROM    dbo.Customer c
CROSS APPLY dbo.ufn_LatestOrders(c.CustomerId, 3) lo
WHERE   c.IsActive = 1
  AND   c.Email IS NOT NULL
--AND   c.CountryCode <> 'FR'   -- jusqu'à l'été 2025
GO
