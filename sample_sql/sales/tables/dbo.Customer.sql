/*
    dbo.Customer - the shop's customers.  PERSONAL DATA: FullName, Email, Phone.
*/
CREATE TABLE dbo.Customer
(
    CustomerId      int IDENTITY(1, 1)  NOT NULL CONSTRAINT PK_Customer PRIMARY KEY CLUSTERED,
    CustomerCode    varchar(20)         NOT NULL CONSTRAINT UQ_Customer_CustomerCode UNIQUE,
    FirstName       nvarchar(60)        NOT NULL,
    LastName        nvarchar(60)        NOT NULL,
    FullName        AS (FirstName + N' ' + LastName) PERSISTED,
    Email           nvarchar(256)       MASKED WITH (FUNCTION = 'email()') NULL,
    Phone           varchar(32)         NULL,
    CountryCode     char(2)             NOT NULL CONSTRAINT DF_Customer_CountryCode DEFAULT ('DE'),
    Segment         varchar(20)         NULL,       -- from the warehouse, see ext.CustomerSegment
    LoyaltyTier     varchar(10)         NOT NULL CONSTRAINT DF_Customer_LoyaltyTier DEFAULT ('NONE'),
    IsActive        bit                 NOT NULL CONSTRAINT DF_Customer_IsActive DEFAULT (1),
    CreatedAt       datetime2(3)        NOT NULL CONSTRAINT DF_Customer_CreatedAt DEFAULT (SYSUTCDATETIME()),
    ModifiedAt      datetime2(3)        NULL,
    CONSTRAINT CK_Customer_Email CHECK (Email IS NULL OR Email LIKE N'%_@_%._%')
);
GO

CREATE INDEX IX_Customer_Email ON dbo.Customer (Email) INCLUDE (FullName) WHERE Email IS NOT NULL;
GO
