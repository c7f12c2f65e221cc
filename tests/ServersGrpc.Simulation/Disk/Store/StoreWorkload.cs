using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Rules;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>Draws the writes of a lineage: all kinds that a store takes, with what leads to refusals.</summary>
internal sealed class StoreWorkload(ServerSamples samples)
{
    private const int MostServers = 12;
    private const int MostOfOwner = 6;

    // A claim of another worker is the usual reason to lose a server.
    private static readonly string[] Workers = ["worker-0", "worker-1"];

    private readonly SettingWrites _settings = new(samples);

    public StoreWrite Draw(Random random, StoreState state, DateTimeOffset now) => random.Next(100) switch
    {
        < 22 => Add(random, state, now),
        < 47 => Change(random, state, now),
        < 57 => Claim(random, now),
        < 75 => Save(random, state, now),
        < 78 => Release(random, state, now),
        < 86 => Purge(random, state, now),
        _ => _settings.Draw(random, state, now),
    };

    /// <summary>Adds a server, or repeats what added one, as callers do who got no answer.</summary>
    private StoreWrite Add(Random random, StoreState state, DateTimeOffset now)
    {
        var server = samples.Server(random, now);
        if (random.Next(5) == 0 && Any(random, state) is { } known)
            server = known with { Uid = server.Uid, RequestDigest = random.Next(4) == 0 ? server.RequestDigest : known.RequestDigest };
        var (first, limits) = (samples.Event(random), new ServerLimits(MostServers, MostOfOwner));
        return StoreWrite.Of($"add {server.Name}", store => store.AddAsync(server, first, limits, CancellationToken.None), model =>
        {
            if (AddRules.FindEarlier(model.Book, server, limits) is { } earlier)
                return (earlier, model);
            var (after, added) = model.Add(server, first, now);
            return (added, after);
        });
    }

    private StoreWrite Change(Random random, StoreState state, DateTimeOffset now)
    {
        var name = Any(random, state)?.Name ?? ServerSamples.Names[0];
        var (change, events, isNothing) = (samples.Change(random, now), samples.Events(random, 3), random.Next(20) == 0);
        return StoreWrite.Of($"change {name}", store => store.ChangeAsync(name, Saved, CancellationToken.None), model =>
        {
            if (model.Find(name) is not { } server)
                throw new ServerNotFoundException(name);
            if (Saved(server) is not { } save)
                return (server, model);
            var (after, updated) = model.Update(save.Server, save.Events, now);
            return (updated, after);
        });

        ServerSave? Saved(ServerRecord server) => isNothing ? null : new(change(server), events);
    }

    private static StoreWrite Claim(Random random, DateTimeOffset now)
    {
        var lease = new Lease(Workers[random.Next(Workers.Length)], now, now + TimeSpan.FromSeconds(random.Next(1, 600)));
        var (limit, most) = (random.Next(1, 6), random.Next(4));
        return StoreWrite.Of($"claim of {lease.Owner}", store => store.ClaimAsync(lease, limit, Share, CancellationToken.None), model =>
        {
            var (book, after, claimed) = (model.Book, model, new List<ServerRecord>());
            var next = ClaimRules.Choose(book, now, limit, Share, model.IsPaused, server =>
            {
                (after, var leased) = after.Update(ClaimRules.Leased(server, lease), [], now);
                book.Set(server, leased);
                claimed.Add(leased);
            });
            return (new Claim(claimed, next), after);
        });

        int Share(string provider) => (provider.Length + most) % 4;
    }

    private StoreWrite Save(Random random, StoreState state, DateTimeOffset now)
    {
        var (server, owner) = Leased(random, state);
        if (server is null)
            return Claim(random, now);
        var (change, events) = (samples.Change(random, now), samples.Events(random, 2));
        var saved = change(server);
        if (random.Next(3) > 0)
            saved = saved with { LeaseOwner = null, LeaseUntil = null, WakeAt = now + TimeSpan.FromSeconds(random.Next(100)), Scheduled = now };
        return StoreWrite.Of<ServerRecord?>($"save {server.Name}", store => store.SaveAsync(new(saved, events), owner, CancellationToken.None), model =>
        {
            if (!SaveRules.IsHeld(model.Servers.GetValueOrDefault(saved.Uid), saved, owner))
                return (null, model);
            var (after, updated) = model.Update(saved, events, now);
            return (updated, after);
        });
    }

    private static StoreWrite Release(Random random, StoreState state, DateTimeOffset now)
    {
        var uids = state.Servers.Keys.Where(_ => random.Next(2) == 0).ToList();
        var owner = Workers[random.Next(Workers.Length)];
        return StoreWrite.Of(
            $"release of {owner}", WriteKind.Shared, store => store.ReleaseAsync(uids, owner, CancellationToken.None),
            model => [model.Release(server => server.LeaseOwner == owner && uids.Contains(server.Uid), now)]);
    }

    private StoreWrite Purge(Random random, StoreState state, DateTimeOffset now)
    {
        var (server, owner) = Leased(random, state);
        if (server is null)
            return Claim(random, now);
        var last = samples.Event(random);
        return StoreWrite.Of($"purge {server.Name}", store => store.PurgeAsync(server, last, owner, CancellationToken.None), model =>
            SaveRules.IsHeld(model.Servers.GetValueOrDefault(server.Uid), server, owner) ? (true, model.Purge(server, last, now)) : (false, model));
    }

    private static ServerRecord? Any(Random random, StoreState state) =>
        state.Servers.Count == 0 ? null : state.Servers.Values.ElementAt(random.Next(state.Servers.Count));

    /// <summary>A server that a worker has, as that worker knows it: now and then it is another's by now, or was changed since.</summary>
    private static (ServerRecord? Server, string Owner) Leased(Random random, StoreState state)
    {
        var leased = state.Servers.Values.Where(server => server.LeaseOwner is not null).ToList();
        if (leased.Count == 0)
            return (null, "");
        var server = leased[random.Next(leased.Count)];
        return random.Next(12) switch
        {
            0 => (server, "another worker"),
            1 => (server with { Version = server.Version - 1 }, server.LeaseOwner!),
            _ => (server, server.LeaseOwner!),
        };
    }
}
