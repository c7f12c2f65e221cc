namespace Grpc.Net.Client.Configuration;

/// <summary>How a channel makes the calls of services.</summary>
public sealed class ServiceConfig
{
    /// <summary>One for each group of methods. The most specific name of a method wins.</summary>
    public IList<MethodConfig> MethodConfigs { get; } = [];
}
