/*
    dw.DimCustomer - one row a customer.
    No clear-text address in the warehouse: EmailHash joins, MailDomain groups.
*/
CREATE TABLE dw.DimCustomer
(
    CustomerKey     int IDENTITY(1, 1)  NOT NULL,
    CustomerCode    varchar(20)         NOT NULL,
    FullName        nvarchar(121)       NULL,
    EmailHash       varbinary(32)       NULL,
    MailDomain      nvarchar(256)       NULL,
    CountryCode     char(2)             NULL,
    LoyaltyTier     varchar(10)         NULL,
    ValidFrom       date                NULL,
    IsCurrent       bit                 NOT NULL
)
WITH (DISTRIBUTION = REPLICATE, CLUSTERED INDEX (CustomerCode ASC))
GO
