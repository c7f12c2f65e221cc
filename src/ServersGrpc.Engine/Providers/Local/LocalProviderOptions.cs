using System.ComponentModel.DataAnnotations;

namespace ServersGrpc.Engine.Providers.Local;

/// <summary>Servers that are processes of this machine: section Servers:Providers:local. On without a section.</summary>
public sealed class LocalProviderOptions : ProviderOptions
{
    /// <summary>How long an agent may take to end after it was asked (SIGTERM) before it is ended (SIGKILL), 0 to 10 minutes. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an agent may take from its start until it listens; one that takes longer is ended. 1 second to 10 minutes. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
