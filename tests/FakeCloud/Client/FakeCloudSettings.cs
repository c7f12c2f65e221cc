namespace ServersGrpc.FakeCloud.Client;

/// <summary>How fast and how generous the clouds are. Kept over restarts.</summary>
public sealed record FakeCloudSettings
{
    /// <summary>The one token that the Hetzner API takes.</summary>
    public string HetznerToken { get; init; } = "hetzner-token";

    /// <summary>The one token that the DigitalOcean API takes.</summary>
    public string DigitalOceanToken { get; init; } = "digitalocean-token";

    /// <summary>From the create to the status "running" or "active", and the length of the create's action.</summary>
    public TimeSpan CreateDuration { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>From the create to the first connection taken.</summary>
    public TimeSpan BootDuration { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>DigitalOcean only: from the create until its addresses are told.</summary>
    public TimeSpan AddressDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>DigitalOcean only: how long a deleted droplet is still found and listed.</summary>
    public TimeSpan DeleteDuration { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The length of any other action.</summary>
    public TimeSpan ActionDuration { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Machines that may be there at once, a cloud.</summary>
    public int MachineLimit { get; init; } = 100_000;

    /// <summary>Calls an hour and cloud. The real ones give 3,600 and 5,000, too few for a soak.</summary>
    public int CallsPerHour { get; init; } = 3_600_000;
}
