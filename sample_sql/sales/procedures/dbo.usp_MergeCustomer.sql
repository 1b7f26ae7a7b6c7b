/*
    Takes a batch of dbo.CustomerImport into dbo.Customer.
    Each change is also written to dbo.CustomerHistory, by the same MERGE.
*/
CREATE OR ALTER PROCEDURE dbo.usp_MergeCustomer
    @BatchId int
AS
BEGIN
    SET NOCOUNT ON;
    SET XACT_ABORT ON

    BEGIN TRY
        BEGIN TRANSACTION

        -- the newest row of each customer
        SELECT r.CustomerCode, r.FirstName, r.LastName, r.Email, r.Phone, r.CountryCode
        INTO #incoming
        FROM (
            SELECT i.CustomerCode,
                   LTRIM(RTRIM(i.FirstName))    AS FirstName,
                   LTRIM(RTRIM(i.LastName))     AS LastName,
                   NULLIF(i.Email, N'')         AS Email,
                   i.Phone,
                   COALESCE(i.CountryCode, 'DE') CountryCode,
                   ROW_NUMBER() OVER (PARTITION BY i.CustomerCode ORDER BY i.ReceivedAt DESC) AS rn
            FROM dbo.CustomerImport AS i
            WHERE i.BatchId = @BatchId
        ) AS r
        WHERE r.rn = 1

        CREATE UNIQUE CLUSTERED INDEX IX_incoming ON #incoming (CustomerCode)

        MERGE dbo.Customer WITH (HOLDLOCK) AS tgt
        USING #incoming AS src
            ON tgt.CustomerCode = src.CustomerCode
        WHEN MATCHED AND (ISNULL(tgt.Email, N'') <> ISNULL(src.Email, N'') OR ISNULL(tgt.Phone, '') <> ISNULL(src.Phone, ''))
            THEN UPDATE SET
                FirstName  = src.FirstName,
                LastName   = src.LastName,
                Email      = src.Email,
                tgt.Phone  = src.Phone,
                ModifiedAt = SYSUTCDATETIME()
        WHEN NOT MATCHED BY TARGET
            THEN INSERT (CustomerCode, FirstName, LastName, Email, Phone, CountryCode)
                 VALUES (src.CustomerCode, src.FirstName, src.LastName, src.Email, src.Phone, src.CountryCode)
        OUTPUT inserted.CustomerId, $action, deleted.Email, inserted.Email
            INTO dbo.CustomerHistory (CustomerId, ChangeType, OldEmail, NewEmail);

        UPDATE dbo.CustomerImport SET IsProcessed = 1 WHERE BatchId = @BatchId

        COMMIT TRANSACTION
    END TRY
    BEGIN CATCH
        IF @@TRANCOUNT > 0
            ROLLBACK TRANSACTION;

        INSERT INTO dbo.ErrorLog (ProcedureName, ErrorNumber, ErrorMessage)
        VALUES (ERROR_PROCEDURE(), ERROR_NUMBER(), ERROR_MESSAGE());

        THROW
    END CATCH
END
GO
