using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.FakeCloud.Calls;

/// <summary>The last calls of this run, for tests to look at. The counts are the world's, and outlive it.</summary>
internal sealed class CallLog
{
    private const int Kept = 100_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, LoggedCall> _calls = [];
    private long _last;

    public long Begin(DateTimeOffset time, string cloud, string route, string method, string path)
    {
        lock (_lock)
        {
            _calls[++_last] = new LoggedCall(_last, time, cloud, route, method, path, Machine: null, Status: null, Faults: []);
            _calls.Remove(_last - Kept);
            return _last;
        }
    }

    public void Change(long sequence, Func<LoggedCall, LoggedCall> change)
    {
        lock (_lock)
        {
            if (_calls.TryGetValue(sequence, out var call)) _calls[sequence] = change(call);
        }
    }

    /// <summary>The calls after one, in their order.</summary>
    public List<LoggedCall> Since(long sequence)
    {
        lock (_lock) return [.. _calls.Values.Where(call => call.Sequence > sequence).OrderBy(call => call.Sequence)];
    }
}
