using System.ComponentModel.DataAnnotations;

namespace ServersGrpc.Engine.Fleet;

/// <summary>What servers are given, and how many there may be: section Servers.</summary>
public sealed class FleetOptions
{
    /// <summary>The provider of requests that name none. Default: local.</summary>
    [Required]
    public string DefaultProvider { get; set; } = "local";

    /// <summary>
    /// What generated names begin with: 1 to 55 of [a-z0-9-], beginning with [a-z0-9]. 8 of [a-z0-9] follow. Default: agent-.
    /// </summary>
    [RegularExpression("[a-z0-9][a-z0-9-]{0,54}", ErrorMessage = "NamePrefix must be 1 to 55 of [a-z0-9-], beginning with [a-z0-9].")]
    public string NamePrefix { get; set; } = "agent-";

    /// <summary>The capacity of requests that name none, 1 to 10,000. Default: 2.</summary>
    [Range(1, ProvisionValidator.MaxCapacity)]
    public int DefaultCapacity { get; set; } = 2;

    /// <summary>How many servers that are not stopped there may be, 0 to 1,000,000. Default: 100.</summary>
    [Range(0, 1_000_000)]
    public int MaxServers { get; set; } = 100;

    /// <summary>How large a request may be.</summary>
    public RequestLimits Request { get; } = new();

    /// <summary>
    /// How long a watch stays silent before it is sent a bookmark, so that both ends and whatever is between them know that it lives, and it
    /// can go on from a recent revision. 1 second to 1 hour. Default: 30 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan BookmarkInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a call that rotates credentials waits until the machine answers with them; the rotation itself goes on. 1 second to 1 hour.
    /// Default: 1 minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RotationWait { get; set; } = TimeSpan.FromMinutes(1);
}
