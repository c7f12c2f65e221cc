using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>Draws writes that are about no server, or about many: notes, tokens, the pause, what is forgotten, keys.</summary>
internal sealed class SettingWrites(ServerSamples samples)
{
    private const int Tokens = 8;

    // As many as the store forgets in one transaction.
    private const int ForgottenAtOnce = 50;

    private static readonly string[] Scopes = ["", "web-*", "key0=a"];

    public StoreWrite Draw(Random random, StoreState state, DateTimeOffset now) => random.Next(14) switch
    {
        < 4 => Note(random, state, now),
        < 6 => SaveToken(random, now),
        < 9 => UseTokens(random, now),
        < 11 => Pause(random, now),
        < 13 => Forget(random, now),
        _ => Rotate(),
    };

    private StoreWrite Note(Random random, StoreState state, DateTimeOffset now)
    {
        var servers = state.Servers.Values.Concat(state.Purged).ToList();
        if (servers.Count == 0)
            return SaveToken(random, now);
        var notes = Enumerable.Range(0, random.Next(1, 4)).Select(_ => new ServerNote(servers[random.Next(servers.Count)], samples.Event(random))).ToList();
        return StoreWrite.Of(
            "note", WriteKind.Shared, store => store.NoteAsync(notes, CancellationToken.None),
            model => [notes.Aggregate(model, (noted, note) => noted.Note(note, now))]);
    }

    private static StoreWrite SaveToken(Random random, DateTimeOffset now)
    {
        var token = new TokenRecord
        {
            Name = "token-" + random.Next(Tokens),
            Role = (Role)random.Next(3),
            Scope = Scope.Parse(Scopes[random.Next(Scopes.Length)]),
            Hash = ServerSamples.Bytes(random, 32),
            Created = now,
            Expires = random.Next(2) == 0 ? now + TimeSpan.FromDays(1) : null,
            Revoked = random.Next(4) == 0 ? now : null,
        };
        return StoreWrite.Of(token.Name, WriteKind.Shared, store => store.SaveTokenAsync(token, CancellationToken.None), model => [model.Put(token)]);
    }

    private static StoreWrite UseTokens(Random random, DateTimeOffset now)
    {
        var uses = Enumerable.Range(0, Tokens).Where(_ => random.Next(2) == 0).ToDictionary(number => "token-" + number, _ => now);
        return StoreWrite.Of(
            "use of tokens", WriteKind.Alone, store => store.SaveTokenUseAsync(uses, CancellationToken.None),
            model => [model.Tokens.Values.Where(token => uses.ContainsKey(token.Name)).Aggregate(model, (used, token) => used.Put(token with { Used = now }))]);
    }

    private static StoreWrite Pause(Random random, DateTimeOffset now)
    {
        var paused = random.Next(3) == 0;
        return StoreWrite.Of(
            paused ? "pause" : "resume", WriteKind.Shared, store => store.SetPausedAsync(paused, CancellationToken.None), model => [model.Pause(paused, now)]);
    }

    private static StoreWrite Forget(Random random, DateTimeOffset now)
    {
        var before = now - TimeSpan.FromSeconds(random.Next(1, 2000));
        return StoreWrite.Of("forget", WriteKind.InParts, store => store.ForgetBeforeAsync(before, CancellationToken.None), Forgotten);

        IReadOnlyList<StoreState> Forgotten(StoreState model)
        {
            var states = new List<StoreState>();
            foreach (var part in model.Purged.Where(server => server.Updated < before).Select(server => server.Uid).Chunk(ForgottenAtOnce))
                states.Add(model = model.Forget(part));
            states.Add(model.ForgetNotes(before));
            return states;
        }
    }

    private static StoreWrite Rotate() =>
        StoreWrite.Of("rotation of keys", WriteKind.InParts, store => store.RotateKeyAsync(CancellationToken.None), model => [model]);
}
