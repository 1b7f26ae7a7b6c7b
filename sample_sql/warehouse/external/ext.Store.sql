-- Master data of the stores, delivered by facility management once a day (one Parquet folder, full load)
CREATE EXTERNAL TABLE ext.Store
(
    StoreCode       varchar(10)     NOT NULL,
    StoreName       nvarchar(100)   NULL,
    City            nvarchar(80)    NULL,
    CountryCode     char(2)         NULL,
    FloorAreaSqm    int             NULL,
    OpenedOn        date            NULL,
    ClosedOn        date            NULL
)
WITH
(
    LOCATION = '/reference/store/',
    DATA_SOURCE = RetailLakeRaw,
    FILE_FORMAT = ParquetSnappy
);
