namespace ServersGrpc.Telemetry;

/// <summary>The tags of a measurement, in the order that they came in.</summary>
internal readonly struct TagSet(KeyValuePair<string, object?>[] tags)
{
    public ReadOnlySpan<KeyValuePair<string, object?>> Tags => tags;
}
