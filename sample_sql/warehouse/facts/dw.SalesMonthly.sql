-- The figures of the monthly report, in the currency of the company
CREATE TABLE dw.SalesMonthly
(
    MonthKey        int             NOT NULL,   -- yyyymm
    CountryCode     char(2)         NULL,
    Category        nvarchar(400)   NULL,
    Customers       int             NULL,
    Units           decimal(19,2)   NULL,
    NetAmount       decimal(38,4)   NULL,
    AverageTicket   decimal(38,6)   NULL
)
WITH (DISTRIBUTION = ROUND_ROBIN, CLUSTERED INDEX (MonthKey))
