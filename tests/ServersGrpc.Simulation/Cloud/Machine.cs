using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Simulation.Cloud;

/// <summary>A machine that a simulated cloud bills for, from when it is made until it is gone.</summary>
internal sealed class Machine
{
    public required string Id { get; init; }

    public required string Uid { get; init; }

    public required string Name { get; init; }

    /// <summary>Tagged with our installation's id.</summary>
    public bool IsOurs { get; init; } = true;

    public required DateTimeOffset Made { get; init; }

    /// <summary>What it answers to.</summary>
    public ServerCredentials Keys { get; set; } = ServerCredentials.None;

    public TimeSpan? Gone { get; set; }

    /// <summary>Nobody asked for its end.</summary>
    public bool DiedByItself { get; set; }

    public string Address { get; set; } = "";

    /// <summary>From when on its address is told.</summary>
    public TimeSpan AddressKnown { get; init; }

    /// <summary>Until when it is missed by looks and listings.</summary>
    public TimeSpan MissedUntil { get; set; }

    /// <summary>It was missed once more already.</summary>
    public bool WasMissed { get; set; }

    /// <summary>From when on it answers.</summary>
    public TimeSpan Booted { get; set; }

    /// <summary>It runs, and is paid for, but does not answer.</summary>
    public bool Hangs { get; set; }

    /// <summary>So many removals are acknowledged, and nothing happens.</summary>
    public int RemovalsIgnored { get; set; }

    /// <summary>How long a removal takes.</summary>
    public TimeSpan RemovalTime { get; init; }

    public bool IsGoing { get; set; }

    public bool IsThere => Gone is null;

    /// <summary>Whether it answers to whoever presents what a server has.</summary>
    public bool Admits(ServerRecord server) => Keys.TlsCertificate.Span.SequenceEqual(server.Credentials.TlsCertificate.Span);

    public Instance ToInstance(TimeSpan now) => new(Id, Uid, Name, now >= AddressKnown ? Address : "", Made);
}
