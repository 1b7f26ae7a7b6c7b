-- Order lines as the shops' tills and the web shop deliver them, one CSV a day and source
IF OBJECT_ID('stg.Sales') IS NOT NULL
    DROP TABLE stg.Sales
GO
CREATE TABLE stg.Sales
(
    OrderId         int             NOT NULL,
    LineNumber      smallint        NOT NULL,
    OrderDate       date            NULL,
    StoreCode       varchar(10)     NULL,
    CustomerCode    varchar(20)     NULL,
    ProductCode     varchar(20)     NULL,
    Quantity        decimal(9,2)    NULL,
    UnitPrice       decimal(19,4)   NULL,
    DiscountPct     decimal(5,4)    NULL
)
WITH (DISTRIBUTION = HASH(OrderId), HEAP)
GO

-- The secret is made up, it opens nothing: it is here to show that it is never repeated in any output.
COPY INTO stg.Sales
    (OrderId 1, LineNumber 2, OrderDate 3, StoreCode 4, CustomerCode 5, ProductCode 6, Quantity 7, UnitPrice 8, DiscountPct DEFAULT 0 9)
FROM 'https://retaillake.dfs.core.windows.net/raw/sales/*/*/orders_*.csv'
WITH (
    FILE_TYPE = 'CSV',
    CREDENTIAL = (IDENTITY = 'Shared Access Signature', SECRET = '?sv=2022-11-02&sp=rl&sig=FAKE-SECRET-OF-THE-SAMPLE-NOT-A-KEY'),
    FIELDTERMINATOR = ';',
    FIELDQUOTE = '"',
    ROWTERMINATOR = '0x0A',
    FIRSTROW = 2,
    ENCODING = 'UTF8',
    DATEFORMAT = 'ymd',
    MAXERRORS = 10,
    ERRORFILE = '/rejected/sales'
)
OPTION (LABEL = 'COPY : stg.Sales')
GO
