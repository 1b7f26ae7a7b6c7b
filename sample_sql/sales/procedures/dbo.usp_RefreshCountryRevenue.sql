create table dbo.CountryRevenue (CountryCode char(2) not null primary key, Customers int not null, Revenue decimal(38, 4) null)
go

CREATE OR ALTER PROCEDURE dbo.usp_RefreshCountryRevenue
AS
BEGIN
    SET NOCOUNT ON;
    DECLARE @sql nvarchar(max);

    TRUNCATE TABLE dbo.CountryRevenue;

    -- a string, but always the same one
    SET @sql = N'INSERT INTO dbo.CountryRevenue (CountryCode, Customers, Revenue) '
             + N'SELECT c.CountryCode, COUNT(DISTINCT r.CustomerId), SUM(r.Revenue) '
             + N'FROM dbo.vw_CustomerRanking AS r '
             + N'INNER JOIN dbo.Customer AS c ON c.CustomerId = r.CustomerId ';
    SET @sql += N'GROUP BY c.CountryCode';

    EXEC sys.sp_executesql @sql;
END
GO
