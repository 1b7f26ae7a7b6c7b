create procedure dw.usp_LoadSalesMonthly
	@FromMonth int		-- yyyymm
as
begin
	set nocount on

	delete from dw.SalesMonthly where MonthKey >= @FromMonth

	insert into dw.SalesMonthly (MonthKey, CountryCode, Category, Customers, Units, NetAmount, AverageTicket)
	select
		f.DateKey / 100,
		st.CountryCode,
		p.Category,
		count(distinct f.CustomerKey),
		sum(f.Quantity),
		sum(f.NetAmount),
		sum(f.NetAmount) / nullif(count(distinct f.OrderId), 0)
	from dw.FactSales f
	join dw.DimStore st on st.StoreKey = f.StoreKey
	join dw.DimProduct p on p.ProductKey = f.ProductKey
	where f.DateKey >= @FromMonth * 100
	group by f.DateKey / 100, st.CountryCode, p.Category
end
go
