namespace ServersGrpc.Engine.Providers;

/// <summary>A provider's failure, sorted by what to do about it. The message is shown to callers: it holds no secret.</summary>
public sealed class ProviderException(ProviderFault fault, string message, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    public ProviderFault Fault => fault;

    // Whoever says that it is to be longer is mistaken, and a machine is paid for meanwhile.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    /// <summary>The provider's own word on when to come back; an hour at most.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter < LongestWait ? retryAfter : retryAfter is null ? null : LongestWait;

    /// <summary>
    /// The same as a fault that may pass: a refusal is the end of a create only where it is the create itself that was refused. That of a
    /// call before or after it says nothing of what was made.
    /// </summary>
    internal ProviderException AsPassing() => fault == ProviderFault.Transient ? this : new(ProviderFault.Transient, Message, RetryAfter, this);
}
