using System.Collections.Concurrent;

namespace ServersGrpc.Auth.Audit;

/// <summary>What happened a short while ago, so that it need not be told again. Of what is too much it forgets: then it is told once more.</summary>
internal sealed class Recent<T>(TimeSpan interval, TimeProvider time)
    where T : notnull
{
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<T, long> _last = new();

    /// <summary>Whether it is the first time in a while. Of several at once one is the first.</summary>
    public bool IsNew(T what)
    {
        var now = time.GetTimestamp();
        if (!_last.TryGetValue(what, out var last))
        {
            if (_last.Count >= Most)
                Forget(now);
            return _last.TryAdd(what, now);
        }
        return time.GetElapsedTime(last, now) >= interval && _last.TryUpdate(what, now, last);
    }

    private void Forget(long now)
    {
        foreach (var (what, last) in _last)
        {
            if (time.GetElapsedTime(last, now) >= interval)
                _last.TryRemove(new(what, last));
        }
        if (_last.Count >= Most)
            _last.Clear();
    }
}
