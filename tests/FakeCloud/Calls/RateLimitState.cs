namespace ServersGrpc.FakeCloud.Calls;

/// <summary>What a caller may still do.</summary>
/// <param name="Limit">Calls an hour.</param>
/// <param name="Remaining">Calls left now.</param>
/// <param name="Reset">When all of them are there again.</param>
/// <param name="RetryAfter">When the next one is there, if there is none.</param>
internal sealed record RateLimitState(int Limit, int Remaining, DateTimeOffset Reset, TimeSpan? RetryAfter);
