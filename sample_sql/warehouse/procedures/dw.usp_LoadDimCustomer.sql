IF OBJECT_ID('dw.usp_LoadDimCustomer') IS NOT NULL
    DROP PROCEDURE dw.usp_LoadDimCustomer
GO

CREATE PROCEDURE dw.usp_LoadDimCustomer @LoadDate date
AS
BEGIN
    SET NOCOUNT ON

    -- 1. customers that we know: overwrite what changed
    UPDATE dw.DimCustomer
    SET FullName    = s.FullName,
        EmailHash   = HASHBYTES('SHA2_256', LOWER(s.Email)),
        LoyaltyTier = s.LoyaltyTier
    FROM stg.Customer AS s
    WHERE DimCustomer.CustomerCode = s.CustomerCode
      AND DimCustomer.IsCurrent = 1
      AND (ISNULL(DimCustomer.FullName, '') <> ISNULL(s.FullName, '') OR ISNULL(DimCustomer.LoyaltyTier, '') <> ISNULL(s.LoyaltyTier, ''))

    -- 2. new ones
    INSERT INTO dw.DimCustomer (CustomerCode, FullName, EmailHash, MailDomain, CountryCode, LoyaltyTier, ValidFrom, IsCurrent)
    SELECT s.CustomerCode,
           s.FullName,
           HASHBYTES('SHA2_256', LOWER(s.Email)),
           LOWER(SUBSTRING(s.Email, CHARINDEX('@', s.Email) + 1, 256)),
           s.CountryCode,
           ISNULL(s.LoyaltyTier, 'NONE'),
           @LoadDate,
           1
    FROM stg.Customer s
    WHERE NOT EXISTS (SELECT 1 FROM dw.DimCustomer d WHERE d.CustomerCode = s.CustomerCode)
    OPTION (LABEL = 'INSERT : dw.DimCustomer')
END
GO
