namespace ServersGrpc.FakeCloud.Client;

/// <summary>Which calls. What is null fits all.</summary>
public record CallMatch
{
    /// <summary>"hetznercloud" or "digitalocean".</summary>
    public string? Cloud { get; init; }

    /// <summary>Such as "servers.create", "droplets.delete", "actions.get"; with "*" at its end what begins so.</summary>
    public string? Route { get; init; }

    /// <summary>The HTTP method.</summary>
    public string? Method { get; init; }

    /// <summary>The region that a create asks for.</summary>
    public string? Region { get; init; }

    /// <summary>The size that a create asks for.</summary>
    public string? Size { get; init; }

    /// <summary>The id of the machine that the path names.</summary>
    public long? Machine { get; init; }

    /// <summary>So many fitting calls are let through first.</summary>
    public int Skip { get; init; }
}
