using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.FakeCloud.Faults;

/// <summary>A rule and how far it got.</summary>
/// <param name="Seen">Calls that fitted.</param>
/// <param name="Hits">Calls that suffered.</param>
internal sealed record ArmedFault(long Id, Fault Rule, long Seen, long Hits)
{
    public string Key => $"{Id}";
}
