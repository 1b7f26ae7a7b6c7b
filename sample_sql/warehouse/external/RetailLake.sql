/*
    RetailDW: schemas, and the doors to the data lake.
    Deployed once for each environment; $(LakeAccount) comes from the release pipeline.
*/
CREATE SCHEMA ext;
GO
CREATE SCHEMA stg
GO
CREATE SCHEMA dw
GO

-- The pool's managed identity has "Storage Blob Data Contributor" on the account, so no secret is kept here.
IF NOT EXISTS (SELECT 1 FROM sys.database_scoped_credentials WHERE name = 'LakeIdentity')
    CREATE DATABASE SCOPED CREDENTIAL LakeIdentity WITH IDENTITY = 'Managed Service Identity';
GO

-- Parquet is read natively (no TYPE) ...
CREATE EXTERNAL DATA SOURCE RetailLakeRaw
WITH (LOCATION = 'https://retaillake.dfs.core.windows.net/raw', CREDENTIAL = LakeIdentity);
GO

-- ... while delimited text still needs the Hadoop connector
CREATE EXTERNAL DATA SOURCE [RetailLakeRawHadoop]
WITH (
    TYPE = HADOOP,
    LOCATION = 'abfss://raw@retaillake.dfs.core.windows.net',
    CREDENTIAL = LakeIdentity
)
GO

-- and so do exports (CREATE EXTERNAL TABLE AS SELECT)
CREATE EXTERNAL DATA SOURCE RetailLakeCurated
WITH (TYPE = HADOOP, LOCATION = 'abfss://curated@$(LakeAccount).dfs.core.windows.net', CREDENTIAL = LakeIdentity)
GO

CREATE EXTERNAL FILE FORMAT ParquetSnappy
WITH (FORMAT_TYPE = PARQUET, DATA_COMPRESSION = 'org.apache.hadoop.io.compress.SnappyCodec');

CREATE EXTERNAL FILE FORMAT CsvSemicolon
WITH (
    FORMAT_TYPE = DELIMITEDTEXT,
    FORMAT_OPTIONS (FIELD_TERMINATOR = ';', STRING_DELIMITER = '"', FIRST_ROW = 2, USE_TYPE_DEFAULT = FALSE)
);
GO
