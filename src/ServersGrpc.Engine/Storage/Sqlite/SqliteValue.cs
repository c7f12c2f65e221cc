namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>A value on its way into a statement, without a box around it.</summary>
internal readonly struct SqliteValue
{
    private SqliteValue(SqliteValueKind kind, string? text = null, long number = 0, ReadOnlyMemory<byte> bytes = default)
    {
        Kind = kind;
        Text = text;
        Number = number;
        Bytes = bytes;
    }

    public SqliteValueKind Kind { get; }

    public string? Text { get; }

    public long Number { get; }

    public ReadOnlyMemory<byte> Bytes { get; }

    public static implicit operator SqliteValue(string? text) =>
        text is null ? new(SqliteValueKind.Null) : new(SqliteValueKind.Text, text: text);

    public static implicit operator SqliteValue(long number) => new(SqliteValueKind.Number, number: number);

    public static implicit operator SqliteValue(long? number) =>
        number is { } value ? new(SqliteValueKind.Number, number: value) : new(SqliteValueKind.Null);

    public static implicit operator SqliteValue(bool flag) => new(SqliteValueKind.Number, number: flag ? 1 : 0);

    public static implicit operator SqliteValue(ReadOnlyMemory<byte> bytes) => new(SqliteValueKind.Bytes, bytes: bytes);
}
