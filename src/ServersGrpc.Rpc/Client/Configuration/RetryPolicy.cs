using Grpc.Core;

namespace Grpc.Net.Client.Configuration;

/// <summary>
/// When a call with one request is made again after it failed: before there was a response or headers of one, and within its deadline,
/// which holds for all attempts together. All of it must be set.
/// </summary>
public sealed class RetryPolicy
{
    /// <summary>How often the call is made at most, the first time included; 2 or more, up to GrpcChannelOptions.MaxRetryAttempts.</summary>
    public int? MaxAttempts { get; set; }

    /// <summary>How long the second attempt waits, give or take a fifth. Above zero.</summary>
    public TimeSpan? InitialBackoff { get; set; }

    /// <summary>The longest that any attempt waits, give or take a fifth. Above zero.</summary>
    public TimeSpan? MaxBackoff { get; set; }

    /// <summary>By how much each wait is longer than the one before. Above zero.</summary>
    public double? BackoffMultiplier { get; set; }

    /// <summary>The statuses after which the call is made again; at least one.</summary>
    public IList<StatusCode> RetryableStatusCodes { get; } = [];
}
