using Grpc.Core;
using Grpc.Net.Client.Configuration;

namespace ServersGrpc.Rpc.Client;

/// <summary>The retry policy of each method, as a channel's configuration names them.</summary>
internal sealed class RetryPolicies
{
    private readonly Dictionary<(string? Service, string? Method), RetryPolicy> _byName = [];
    private readonly int _maxAttempts;

    /// <exception cref="InvalidOperationException">Something is missing, out of its bounds, or said twice.</exception>
    public RetryPolicies(ServiceConfig? config, int? maxAttempts)
    {
        _maxAttempts = maxAttempts ?? int.MaxValue;
        foreach (var methods in config?.MethodConfigs ?? [])
        {
            if (methods.RetryPolicy is not { } policy)
                continue;
            Check(policy);
            foreach (var name in methods.Names)
                Add(name, policy);
        }
    }

    /// <summary>The retries of one call; null for a method that has none.</summary>
    public RetrySchedule? Begin(IMethod method) =>
        _byName.Count > 0
        && (_byName.TryGetValue((method.ServiceName, method.Name), out var policy)
            || _byName.TryGetValue((method.ServiceName, null), out policy)
            || _byName.TryGetValue((null, null), out policy))
            ? new RetrySchedule(policy, Math.Min(policy.MaxAttempts!.Value, _maxAttempts))
            : null;

    private static void Check(RetryPolicy policy)
    {
        if (policy is not { MaxAttempts: >= 2, BackoffMultiplier: > 0, RetryableStatusCodes.Count: > 0 }
            || policy.InitialBackoff is not { Ticks: > 0 }
            || policy.MaxBackoff is not { Ticks: > 0 })
        {
            throw new InvalidOperationException(
                "A retry policy needs MaxAttempts of 2 or more, InitialBackoff, MaxBackoff and BackoffMultiplier above zero, "
                + "and RetryableStatusCodes.");
        }
    }

    private void Add(MethodName name, RetryPolicy policy)
    {
        if (name is { Service: null, Method: not null })
            throw new InvalidOperationException($"The method name \"{name.Method}\" needs its service.");
        if (!_byName.TryAdd((name.Service, name.Method), policy))
            throw new InvalidOperationException($"The method name \"{name.Service}/{name.Method}\" is configured twice.");
    }
}
