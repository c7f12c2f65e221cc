using System.Text.Json.Nodes;

namespace ServersGrpc.FakeCloud.Calls;

/// <summary>A call that the cloud refuses.</summary>
/// <param name="status">The answer's HTTP status.</param>
/// <param name="code">What a program reads of it.</param>
/// <param name="details">More of it, in the cloud's own form.</param>
internal sealed class CloudException(int status, string code, string message, JsonNode? details = null) : Exception(message)
{
    public int Status => status;

    public string Code => code;

    public JsonNode? Details => details;

    /// <summary>How long the caller is told to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
