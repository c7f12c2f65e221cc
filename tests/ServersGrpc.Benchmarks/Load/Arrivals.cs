using System.Collections.Concurrent;
using System.Diagnostics;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>When servers were first seen in a state, as a watch tells it: without asking again and again.</summary>
internal sealed class Arrivals
{
    private readonly ConcurrentDictionary<(string Name, string State), TaskCompletionSource<long>> _seen = new();

    /// <summary>The timestamp at which the server was seen in the state; waits until it is.</summary>
    public Task<long> AtAsync(string name, string state) => Of(name, state).Task;

    public void See(string name, string state) => Of(name, state).TrySetResult(Stopwatch.GetTimestamp());

    /// <summary>The watch is over: nothing will be seen any more.</summary>
    public void End(Exception why)
    {
        foreach (var waiting in _seen.Values)
            waiting.TrySetException(why);
    }

    private TaskCompletionSource<long> Of(string name, string state) =>
        _seen.GetOrAdd((name, state), _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
