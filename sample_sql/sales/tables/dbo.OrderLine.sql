CREATE TABLE dbo.OrderLine
(
	OrderLineId	int IDENTITY(1,1) NOT NULL,
	OrderId		int NOT NULL,
	LineNumber	smallint NOT NULL,
	ProductCode	varchar(20) NOT NULL,
	Quantity	decimal(9,2) NOT NULL,
	UnitPrice	decimal(19,4) NOT NULL,
	DiscountPct	decimal(5,4) NOT NULL CONSTRAINT DF_OrderLine_DiscountPct DEFAULT 0,
	LineTotal	AS CAST(Quantity * UnitPrice * (1 - DiscountPct) AS decimal(19,4)) PERSISTED,
	CONSTRAINT PK_OrderLine PRIMARY KEY (OrderLineId),
	CONSTRAINT FK_OrderLine_Orders FOREIGN KEY (OrderId) REFERENCES dbo.Orders (OrderId),
	CONSTRAINT CK_OrderLine_DiscountPct CHECK (DiscountPct >= 0 AND DiscountPct < 1)
)
GO
