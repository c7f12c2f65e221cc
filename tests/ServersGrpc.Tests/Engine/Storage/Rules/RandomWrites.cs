using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Rules;

namespace ServersGrpc.Tests.Engine.Storage.Rules;

/// <summary>
/// Writes to a book and to a <see cref="NaiveBook"/>, as an engine makes them: several share a transaction, some of them fail and are taken
/// back, and so are some transactions. After each, both answer the same.
/// </summary>
internal sealed class RandomWrites(int seed)
{
    private static readonly string[] Providers = ["a", "b", "c"];
    private static readonly string[] Owners = ["me", "you", ""];
    private static readonly string[] Names = [.. Enumerable.Range(0, 12).Select(i => $"s{i}")];
    private static readonly string[] Few = ["", "1", "2", "3"];
    private static readonly ServerState[] States = Enum.GetValues<ServerState>();

    private readonly Random _random = new(seed);
    private readonly ServerBook _book = new();
    private NaiveBook _naive = new();
    private DateTimeOffset _now = RuleServers.Now;
    private int _step;
    private int _uids;

    public void Run(int transactions)
    {
        for (var i = 0; i < transactions; i++)
        {
            var (mark, before) = (_book.Mark, _naive.Copy());
            for (var writes = _random.Next(1, 4); writes > 0; writes--)
                Write();
            if (_random.Next(5) == 0)
                TakeBack(mark, before);
            _book.Keep();
            Same("mark", 0, _book.Mark);
        }
    }

    private void Write()
    {
        _step++;
        // Now and then the clock is set back.
        _now += TimeSpan.FromSeconds(_random.Next(20) == 0 ? -_random.Next(900) : _random.Next(60));
        var (mark, before) = (_book.Mark, _naive.Copy());
        Action[] kinds = [Add, Add, Change, Change, Change, Claim, Claim, Release, Resume, Remove];
        kinds[_random.Next(kinds.Length)]();
        Compare();
        if (_random.Next(6) == 0)
            TakeBack(mark, before);
    }

    private void TakeBack(int mark, NaiveBook before)
    {
        _book.Undo(mark);
        _naive = before;
        Compare();
    }

    private void Add()
    {
        var server = new ServerRecord
        {
            // Not in the order of their age.
            Uid = $"{_random.Next(10)}-{_uids++}",
            Name = OneOf(Names),
            Provider = OneOf(Providers),
            Owner = OneOf(Owners),
            RequestId = OneOf(Few),
            RequestDigest = OneOf(["x", "y"]),
            Address = OneOf(Few),
            State = OneOf(States),
            Stopped = _random.Next(4) == 0 ? _now : null,
            Credentials = ServerCredentials.None,
            Created = _now,
            WakeAt = Wake(),
            Scheduled = _now,
        };
        var limits = new ServerLimits(_random.Next(2, 14), _random.Next(5));
        object? answer;
        try
        {
            answer = AddRules.FindEarlier(_book, server, limits);
        }
        catch (Exception e)
        {
            answer = e.GetType();
        }
        Same("add", _naive.Answer(server, limits), answer);
        if (answer is null)
            Set(null, SaveRules.Added(server, _step, _now));
    }

    private void Change()
    {
        if (AnyServer() is not { } server)
            return;
        var change = server with
        {
            State = OneOf(States),
            CreateIsOpen = _random.Next(2) == 0,
            Address = OneOf(Few),
            Stopped = _random.Next(3) == 0 ? _now : null,
            WakeAt = Wake(),
            Scheduled = _now,
            Deadline = Wake(),
        };
        Set(server, SaveRules.Changed(server, change, _step, _now));
    }

    private void Claim()
    {
        var lease = new Lease($"worker {_step}", _now, _now + TimeSpan.FromMinutes(2));
        WakeAll(lease);
        var (limit, isPaused) = (_random.Next(8), _random.Next(3) == 0);
        var shares = Providers.ToDictionary(provider => provider, _ => _random.Next(-1, 5));
        var (expected, lefts) = (new List<ServerRecord>(), new Dictionary<string, int>(shares));
        var naive = _naive.Copy();
        while (expected.Count < limit)
        {
            var first = Providers.Where(provider => lefts[provider] > 0).OrderByDescending(provider => lefts[provider])
                .SelectMany(provider => naive.Take(provider, _now, 1, isPaused)).FirstOrDefault();
            if (first is null)
                break;
            expected.Add(first);
            naive.Set(first, Leased(first, lease));
            lefts[first.Provider]--;
        }
        var next = Providers.Where(provider => shares[provider] > 0 && limit > 0).Select(provider => naive.Next(provider, isPaused)).Where(wake => wake > _now).Min();

        var claimed = new List<ServerRecord>();
        var told = ClaimRules.Choose(_book, _now, limit, provider => shares[provider], isPaused, server =>
        {
            claimed.Add(server);
            Set(server, Leased(server, lease));
        });
        Same("claim", List(expected, inOrder: true), List(claimed, inOrder: true));
        Same("next of the claim", next, told);
    }

    private void WakeAll(Lease lease)
    {
        var isSetBack = _naive.LatestSchedule > _now.AddSeconds(5);
        Same("clock set back", isSetBack, ClockRules.IsSetBack(_book.LatestSchedule, _now));
        if (!isSetBack)
            return;
        foreach (var server in _naive.Servers)
        {
            if (ClockRules.Woken(server, lease.From, lease.Until) is { } woken)
                Set(server, SaveRules.Changed(server, woken, null, _now));
        }
        _book.Reschedule(_now);
        _naive.LatestSchedule = _now;
        foreach (var server in _naive.Servers.Where(server => server.WakeAt is not null))
            Same($"{server.Name} waits for the old time", false, server.WakeAt > (server.LeaseOwner is null ? _now : lease.Until));
    }

    private void Release()
    {
        foreach (var server in _naive.Servers.Where(server => server.LeaseOwner is not null && _random.Next(2) == 0))
            Set(server, SaveRules.Changed(server, ClaimRules.Released(server, _now), null, _now));
    }

    private void Resume()
    {
        foreach (var server in _naive.Servers)
        {
            if (PauseRules.Resumed(server) is { } resumed)
                Set(server, SaveRules.Changed(server, resumed, null, _now));
        }
    }

    private void Remove()
    {
        if (AnyServer() is { } server)
            Set(server, null);
    }

    private void Set(ServerRecord? before, ServerRecord? after)
    {
        _book.Set(before, after);
        _naive.Set(before, after);
    }

    private void Compare()
    {
        Same("all", List(_naive.Servers), List(_book.All));
        Same("live", _naive.Live, _book.Live);
        Same("latest schedule", _naive.LatestSchedule, _book.LatestSchedule);
        foreach (var server in _naive.Servers)
            Same($"uid {server.Uid}", server, _book.FindByUid(server.Uid));
        foreach (var name in Names)
            Same($"name {name}", _naive.Find(name), _book.Find(name));
        foreach (var owner in Owners)
        {
            Same($"live of {owner}", _naive.LiveOf(owner), _book.LiveOf(owner));
            foreach (var request in Few)
                Same($"request {request} of {owner}", _naive.FindByRequest(request, owner), _book.FindByRequest(request, owner));
        }
        foreach (var address in Few)
            Same($"address {address}", _naive.IsAddressTaken(address), _book.IsAddressTaken(address));
        foreach (var provider in _naive.Servers.Select(server => server.Provider).Distinct())
            CompareDue(provider);
    }

    private void CompareDue(string provider)
    {
        var (at, limit, isPaused) = (_now.AddSeconds(_random.Next(-60, 600)), _random.Next(9), _random.Next(2) == 0);
        var isKnown = _book.TryGetDue(provider, out var due);
        Same($"{provider} is known", true, isKnown);
        var expected = List(_naive.Take(provider, at, limit, isPaused), inOrder: true);
        Same($"due of {provider}", expected, List(due!.Take(at, limit, isPaused), inOrder: true));
        Same($"next of {provider}", _naive.Next(provider, isPaused), due.Next(isPaused));
    }

    private void Same<T>(string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            Assert.Fail($"Seed {seed}, write {_step}: {what}: {actual} instead of {expected}.");
    }

    private static string List(IEnumerable<ServerRecord> servers, bool inOrder = false)
    {
        var listed = servers.Select(server => $"{server.Uid} {server.Name} version {server.Version} at {server.WakeAt:T}");
        return string.Join(", ", inOrder ? listed : listed.Order(StringComparer.Ordinal));
    }

    private static ServerRecord Leased(ServerRecord server, Lease lease) =>
        SaveRules.Changed(server, ClaimRules.Leased(server, lease), null, lease.From);

    private ServerRecord? AnyServer() => _naive.Servers.Count == 0 ? null : _naive.Servers[_random.Next(_naive.Servers.Count)];

    // Several at the same time.
    private DateTimeOffset? Wake() => _random.Next(5) == 0 ? null : RuleServers.Now.AddSeconds(30 * _random.Next(40));

    private T OneOf<T>(IReadOnlyList<T> all) => all[_random.Next(all.Count)];
}
