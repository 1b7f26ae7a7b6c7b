IF OBJECT_ID('dbo.OrderSummary', 'U') IS NULL
	CREATE TABLE dbo.OrderSummary
	(
		SummaryDate	date NOT NULL,
		CountryCode	char(2) NOT NULL,
		OrderCount	int NOT NULL,
		Revenue		decimal(38,4) NULL,
		ReturnRate	decimal(38,6) NULL,
		Band		char(1) NULL,
		PRIMARY KEY (SummaryDate, CountryCode)
	)
GO

create or alter procedure dbo.usp_BuildOrderSummary
	@Day date = null
as
begin
	set nocount on
	declare @from date = isnull(@Day, cast(getdate() as date))
	declare @to date
	select @to = dateadd(day, 1, @from)

	create table #totals
	(
		OrderDate date,
		CountryCode char(2),
		OrderId int,
		OrderTotal decimal(38,4),
		ReturnedTotal decimal(38,4)
	)

	insert into #totals
	exec dbo.usp_GetOrderTotals @From = @from, @To = @to

	delete from dbo.OrderSummary where SummaryDate = @from

	insert dbo.OrderSummary (SummaryDate, CountryCode, OrderCount, Revenue, ReturnRate, Band)
	select	OrderDate,
		CountryCode,
		count(distinct OrderId),
		sum(OrderTotal),
		sum(ReturnedTotal) / nullif(sum(OrderTotal), 0),
		case when sum(OrderTotal) >= 10000 then 'A' when sum(OrderTotal) >= 1000 then 'B' else 'C' end
	from #totals
	group by OrderDate, CountryCode
	having sum(OrderTotal) > 0

	drop table #totals
end
go
