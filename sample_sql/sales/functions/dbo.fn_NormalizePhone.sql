/* '0171 / 234-567', 'DE'  ->  '+49171234567' */
CREATE FUNCTION dbo.fn_NormalizePhone
(
    @Phone          varchar(32),
    @CountryCode    char(2)
)
RETURNS varchar(40)
AS
BEGIN
    DECLARE @digits varchar(32) = REPLACE(REPLACE(REPLACE(@Phone, ' ', ''), '-', ''), '/', '')
    DECLARE @prefix varchar(5)

    IF LEN(@digits) < 5
        RETURN NULL

    IF LEFT(@digits, 1) = '+'
        RETURN @digits

    SET @prefix = CASE @CountryCode
                      WHEN 'DE' THEN '+49'
                      WHEN 'FR' THEN '+33'
                      WHEN 'NL' THEN '+31'
                  END

    RETURN @prefix + STUFF(@digits, 1, 1, '')
END
GO
