using System.Globalization;

namespace ServersGrpc.Engine.Storage.Encryption;

/// <summary>Tells keys apart, and nothing of what they are.</summary>
internal readonly record struct KeyId(ulong Value)
{
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
