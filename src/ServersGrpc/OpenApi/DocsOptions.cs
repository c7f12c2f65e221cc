namespace ServersGrpc.OpenApi;

/// <summary>The description of the API: section Servers:Docs.</summary>
public sealed class DocsOptions
{
    /// <summary>Whether /openapi.json and the page /docs are there, for everyone who reaches the service. Default: true.</summary>
    public bool Enabled { get; set; } = true;
}
