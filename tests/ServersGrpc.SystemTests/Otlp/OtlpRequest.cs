namespace ServersGrpc.SystemTests.Otlp;

/// <summary>One request of an exporter: its message without gRPC's frame.</summary>
internal sealed record OtlpRequest(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Message);
