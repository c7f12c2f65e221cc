namespace ServersGrpc.FakeCloud.Client;

/// <summary>A machine on the bill.</summary>
/// <param name="Labels">Hetzner only.</param>
/// <param name="Tags">DigitalOcean only.</param>
/// <param name="Address">The public one; "" where it has none.</param>
/// <param name="PrivateAddress">"" where it has none.</param>
/// <param name="Until">When it was destroyed; null: it costs money still.</param>
public sealed record BilledMachine(
    long Id,
    string Cloud,
    string Name,
    string Region,
    string Size,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyList<string> Tags,
    string Address,
    string PrivateAddress,
    bool IsOn,
    DateTimeOffset Since,
    DateTimeOffset? Until)
{
    /// <summary>Whether a label has this value or a tag ends in it: how a test finds the machine of a server, whatever the provider calls the label.</summary>
    public bool Bears(string value) =>
        Labels.Values.Contains(value) || Tags.Any(tag => tag.EndsWith(value, StringComparison.Ordinal));
}
