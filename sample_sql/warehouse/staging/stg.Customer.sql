if object_id('stg.Customer') is null
	create table stg.Customer
	(
		CustomerCode	varchar(20)	not null,
		FullName	nvarchar(121)	null,
		Email	nvarchar(256)	null,
		CountryCode	char(2)	null,
		LoyaltyTier	varchar(10)	null
	)
	with (distribution = round_robin, heap)
go

truncate table stg.Customer

-- copy into stg.Customer from 'https://retaillake.dfs.core.windows.net/raw/crm/customer_2024.csv' with (file_type = 'CSV')
copy into stg.Customer
from 'https://retaillake.dfs.core.windows.net/raw/crm/customer.parquet'
with (
	file_type = 'PARQUET',
	credential = (identity = 'Managed Identity')
)
go
