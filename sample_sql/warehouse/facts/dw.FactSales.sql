-- Grain: one order line. Partitioned by month, so that a month can be replaced in one switch.
CREATE TABLE dw.FactSales
(
    DateKey         int             NOT NULL,   -- yyyymmdd
    StoreKey        int             NOT NULL,
    CustomerKey     int             NOT NULL,   -- -1: unknown customer
    ProductKey      int             NOT NULL,
    OrderId         int             NOT NULL,
    LineNumber      smallint        NOT NULL,
    Quantity        decimal(9,2)    NOT NULL,
    NetAmount       decimal(19,4)   NOT NULL
)
WITH
(
    DISTRIBUTION = HASH(OrderId),
    CLUSTERED COLUMNSTORE INDEX,
    PARTITION (DateKey RANGE RIGHT FOR VALUES (20260801, 20260901, 20261001, 20261101, 20261201))
);
