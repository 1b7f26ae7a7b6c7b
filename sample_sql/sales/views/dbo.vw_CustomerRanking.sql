-- The best customers of each country; stands on dbo.vw_OrderTotals
create or alter view [dbo].[vw_CustomerRanking]
as
with totals as
(
    select t.CustomerId, sum(t.OrderTotal) as Revenue, max(t.OrderDate) as LastOrderDate
    from dbo.vw_OrderTotals t
    group by t.CustomerId
)
select  c.CustomerId,
        c.CustomerCode,
        c.FullName,
        c.Email,
        isnull(x.Revenue, 0)                                                    as Revenue,
        x.LastOrderDate,
        rank() over (partition by c.CountryCode order by x.Revenue desc)        as CountryRank,
        iif(x.LastOrderDate is null, 'DORMANT', c.LoyaltyTier)                  as Tier
from    dbo.customer c
left join totals x on x.CustomerId = c.CustomerId
where   c.IsActive = 1
go
