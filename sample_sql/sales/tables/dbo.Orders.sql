CREATE TABLE [dbo].[Orders]
(
    [OrderId]     INT           IDENTITY (1, 1) NOT NULL,
    [OrderNumber] AS            ('SO' + RIGHT('0000000' + CONVERT(VARCHAR(10), [OrderId]), 7)),
    [CustomerId]  INT           NOT NULL,
    [OrderDate]   DATE          CONSTRAINT [DF_Orders_OrderDate] DEFAULT (CONVERT(DATE, GETDATE())) NOT NULL,
    [Status]      CHAR (1)      CONSTRAINT [DF_Orders_Status] DEFAULT ('O') NOT NULL,
    [StoreCode]   VARCHAR (10)  NULL,
    CONSTRAINT [PK_Orders] PRIMARY KEY CLUSTERED ([OrderId] ASC),
    CONSTRAINT [CK_Orders_Status] CHECK ([Status] IN ('O', 'S', 'R', 'X')),  -- open, shipped, returned, cancelled
    CONSTRAINT [FK_Orders_Customer] FOREIGN KEY ([CustomerId]) REFERENCES [dbo].[Customer] ([CustomerId])
);
GO

CREATE NONCLUSTERED INDEX [IX_Orders_CustomerId]
    ON [dbo].[Orders]([CustomerId] ASC) INCLUDE ([OrderDate], [Status]);
GO

-- The archive has no keys: OUTPUT ... INTO does not allow them
CREATE TABLE [dbo].[OrdersArchive]
(
    [OrderId]     INT           NOT NULL,
    [CustomerId]  INT           NOT NULL,
    [OrderDate]   DATE          NOT NULL,
    [Status]      CHAR (1)      NOT NULL,
    [ArchivedAt]  DATETIME2 (0) DEFAULT (SYSUTCDATETIME()) NOT NULL
);
GO

CREATE TABLE [dbo].[ArchivePolicy]
(
    [TableName]   SYSNAME       NOT NULL PRIMARY KEY,
    [KeepMonths]  INT           NOT NULL CHECK ([KeepMonths] > 0)
);
GO
INSERT INTO [dbo].[ArchivePolicy] ([TableName], [KeepMonths]) VALUES (N'Orders', 36)
GO
