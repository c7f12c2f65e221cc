namespace Grpc.Net.Client.Configuration;

/// <summary>How calls of some methods are made.</summary>
public sealed class MethodConfig
{
    /// <summary>The methods that it is for. None of them may be in another one.</summary>
    public IList<MethodName> Names { get; } = [];

    /// <summary>
    /// When a call that failed is made again. To be set only for methods that may run more than once for one call: it is the caller who
    /// says that they are idempotent. Default: never.
    /// </summary>
    public RetryPolicy? RetryPolicy { get; set; }
}
