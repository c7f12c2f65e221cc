using System.Globalization;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Simulation.Kills;

/// <summary>What a store that is killed again and again has acknowledged, and so must hold.</summary>
internal sealed class Acknowledgements
{
    private const long Unknown = 0;

    // Of each write of a server, in order.
    private readonly Dictionary<string, List<long>> _revisions = [];
    private readonly HashSet<string> _gone = [];

    public long Count { get; private set; }

    /// <summary>Takes over a line of a <see cref="WritingProcess"/>. One that the kill cut off was not acknowledged.</summary>
    public void Take(string line)
    {
        var words = line.Split(' ');
        if (words is [var gone, "gone"])
            TakePurge(gone);
        else if (words is [var name, var count, var revision] && long.TryParse(revision, CultureInfo.InvariantCulture, out var number))
            TakeWrite(name, int.Parse(count, CultureInfo.InvariantCulture), number);
        else
            return;
        Count++;
    }

    /// <summary>Compares it with a store. Returns what is wrong; null: nothing.</summary>
    public async Task<string?> CompareAsync(IStorageEngine store)
    {
        var found = (await store.ListAsync(ServerQuery.Everything, null, int.MaxValue, CancellationToken.None)).ToDictionary(server => server.Name);
        var revisions = new HashSet<long>();
        foreach (var name in _revisions.Keys.Union(found.Keys).ToList())
        {
            var events = await store.ListEventsAsync(name, CancellationToken.None);
            if (events.FirstOrDefault(told => !revisions.Add(told.Revision)) is { } twice)
                return $"revision {twice.Revision} was handed out twice";
            if (Difference(name, found.GetValueOrDefault(name), events) is { } difference)
                return $"server {name}: {difference}";
            // What was under way when it was killed is there or not; from now on it has to stay.
            _revisions[name] = [.. events.Select(told => told.Revision)];
            if (!found.ContainsKey(name))
                _gone.Add(name);
        }
        return null;
    }

    private string? Difference(string name, ServerRecord? server, IReadOnlyList<ServerEvent> events)
    {
        var known = _revisions.GetValueOrDefault(name, []);
        if (!events.Select(told => told.Message).SequenceEqual(Enumerable.Range(0, events.Count).Select(i => i.ToString(CultureInfo.InvariantCulture))))
            return $"its events are {string.Join(' ', events.Select(told => told.Message))}";
        if (events.Count < known.Count || known.Zip(events).Any(pair => pair.First != Unknown && pair.First != pair.Second.Revision))
            return $"of {known.Count} acknowledged writes it has {events.Count}, or others";
        if (server is null)
            return _gone.Contains(name) || events.Count == known.Count + 1 ? null : "it is missing, and its last write is no purge";
        if (_gone.Contains(name))
            return "it was purged";
        var counted = WritingProcess.CountOf(server);
        if (counted != events.Count - 1)
            return $"it counts {counted} writes, its events {events.Count - 1}";
        return events.Count > known.Count + 1 ? "it has writes that nobody made" : null;
    }

    // A purge does not tell its revision.
    private void TakePurge(string name)
    {
        _gone.Add(name);
        _revisions[name].Add(Unknown);
    }

    private void TakeWrite(string name, int count, long revision)
    {
        if (!_revisions.TryGetValue(name, out var revisions))
            _revisions[name] = revisions = [];
        if (count == revisions.Count)
            revisions.Add(revision);
    }
}
