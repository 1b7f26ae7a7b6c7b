CREATE TABLE dbo.LoyaltyMail
(
    MailId      int IDENTITY PRIMARY KEY,
    CustomerId  int             NOT NULL REFERENCES dbo.Customer (CustomerId),
    SendTo      nvarchar(256)   NULL,
    Tier        varchar(10)     NOT NULL,
    Revenue     decimal(38,4)   NULL,
    Attempts    int             NOT NULL DEFAULT (0),
    SentAt      datetime2(0)    NULL
)
GO

/* Old, but it works.  A cursor, since the mails used to be sent from inside the loop. */
CREATE OR ALTER PROCEDURE dbo.usp_AssignLoyaltyTier
AS
BEGIN
    SET NOCOUNT ON

    DECLARE @CustomerId int, @Email nvarchar(256), @Revenue decimal(38,4), @Tier varchar(10)

    DECLARE rank_cur CURSOR LOCAL FAST_FORWARD FOR
        SELECT CustomerId, Email, Revenue
        FROM dbo.vw_CustomerRanking
        WHERE Revenue >= 500
        ORDER BY Revenue DESC

    OPEN rank_cur
    FETCH NEXT FROM rank_cur INTO @CustomerId, @Email, @Revenue

    WHILE @@FETCH_STATUS = 0
    BEGIN
        SET @Tier = CASE WHEN @Revenue >= 5000 THEN 'GOLD' WHEN @Revenue >= 1000 THEN 'SILVER' ELSE 'BRONZE' END

        INSERT INTO dbo.LoyaltyMail (CustomerId, SendTo, Tier, Revenue)
        VALUES (@CustomerId, @Email, @Tier, @Revenue)

        -- EXEC msdb.dbo.sp_send_dbmail @recipients = @Email, @subject = N'Welcome'

        FETCH NEXT FROM rank_cur INTO @CustomerId, @Email, @Revenue
    END

    CLOSE rank_cur
    DEALLOCATE rank_cur

    UPDATE c
    SET    c.LoyaltyTier = m.Tier,
           ModifiedAt    = SYSUTCDATETIME()
    FROM   dbo.Customer AS c
           INNER JOIN dbo.LoyaltyMail AS m ON m.CustomerId = c.CustomerId
    WHERE  m.SentAt IS NULL
      AND  c.LoyaltyTier <> m.Tier

    UPDATE dbo.LoyaltyMail SET Attempts = Attempts + 1 WHERE SentAt IS NULL
END
GO
