-- What the web shop and the tills send: raw, several rows a customer
create table dbo.CustomerImport
(
    ImportId        bigint identity not null primary key,
    BatchId         int             not null,
    CustomerCode    varchar(20)     not null,
    FirstName       nvarchar(60)    null,
    LastName        nvarchar(60)    null,
    Email           nvarchar(256)   null,
    Phone           varchar(32)     null,
    CountryCode     char(2)         null,
    ReceivedAt      datetime2(3)    not null default (sysutcdatetime()),
    IsProcessed     bit             not null default (0)
)
go
