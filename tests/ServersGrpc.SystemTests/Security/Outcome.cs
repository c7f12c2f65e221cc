namespace ServersGrpc.SystemTests.Security;

/// <summary>What became of a call: its gRPC status code, or HTTP status, and what was answered, as text to be searched.</summary>
internal sealed record Outcome(int Code, string Body);
