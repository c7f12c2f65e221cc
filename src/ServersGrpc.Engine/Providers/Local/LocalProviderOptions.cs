using System.ComponentModel.DataAnnotations;

namespace ServersGrpc.Engine.Providers.Local;

/// <summary>Servers that are processes of this machine: section Servers:Providers:local. Times are d.hh:mm:ss.</summary>
public sealed class LocalProviderOptions
{
    /// <summary>Whether servers can be made on this machine. Default: true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>How long a server may go on working after its end was asked for, 0 to 7 days. Default: 0.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.Zero;

    /// <summary>How long an agent may take to end after it was asked (SIGTERM) before it is ended (SIGKILL), 0 to 10 minutes. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an agent may take from its start until it listens; one that takes longer is ended. 1 second to 10 minutes. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many servers may be started, looked for or ended at once; others wait their turn. 1 to 1,024. Default: 8.</summary>
    [Range(1, 1024)]
    public int MaxConcurrentCalls { get; set; } = 8;
}
