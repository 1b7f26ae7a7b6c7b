CREATE OR ALTER TRIGGER dbo.trg_Customer_Audit ON dbo.Customer
AFTER UPDATE
AS
BEGIN
    IF @@ROWCOUNT = 0 RETURN
    SET NOCOUNT ON

    IF UPDATE(Email) OR UPDATE(Phone)
        INSERT INTO dbo.CustomerAudit (CustomerId, OldEmail, NewEmail, OldPhone, NewPhone, ChangedBy)
        SELECT i.CustomerId, d.Email, i.Email, d.Phone, i.Phone, SUSER_SNAME()
        FROM inserted AS i
        INNER JOIN deleted AS d ON d.CustomerId = i.CustomerId
        WHERE ISNULL(i.Email, N'') <> ISNULL(d.Email, N'')
           OR ISNULL(i.Phone, '') <> ISNULL(d.Phone, '')
END
GO
