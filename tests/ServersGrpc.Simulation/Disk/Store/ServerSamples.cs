using System.Globalization;
using System.Text;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>Servers, their changes and their events, drawn at random. No two events are the same.</summary>
/// <param name="random">Draws what is the lineage's own.</param>
internal sealed class ServerSamples(Random random)
{
    private const int Owners = 3;
    private const int Addresses = 20;
    private const string Letters = "abcdefghijklmnopqrstuvwxyz";
    private static readonly string[] Providers = ["local", "hetzner", "amazon"];
    private static readonly ServerState[] States = Enum.GetValues<ServerState>();

    // Documents of some lineages fit into a page of LiteDB by the dozen; those of others take several pages each.
    private readonly int _longest = random.Next(3) switch { 0 => 100, 1 => 1500, _ => 9000 };
    private int _events;

    /// <summary>The names that servers have.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enumerable.Range(0, 16).Select(number => string.Create(CultureInfo.InvariantCulture, $"web-{number}"))];

    /// <summary>Of all servers that were drawn.</summary>
    public HashSet<string> Uids { get; } = [];

    public ServerRecord Server(Random work, DateTimeOffset now)
    {
        var uid = Convert.ToHexStringLower(Bytes(work, 16));
        Uids.Add(uid);
        return new()
        {
            Uid = uid,
            Name = Names[work.Next(Names.Count)],
            Provider = Providers[work.Next(Providers.Length)],
            Image = Text(work, 20),
            Region = "region",
            Size = "size",
            Platform = "linux/amd64",
            Capacity = work.Next(8),
            Secret = Text(work, 30),
            Credentials = Credentials(work, now),
            Labels = Enumerable.Range(0, work.Next(3)).ToDictionary(key => "key" + key, _ => Text(work, 20)),
            UserData = work.Next(3) == 0 ? Text(work, _longest * 2) : "",
            Owner = "owner-" + work.Next(Owners),
            RequestId = work.Next(2) == 0 ? uid : "",
            RequestDigest = Text(work, 20),
            Placements = work.Next(4) == 0 ? [new("region", "size"), new("other region", "other size")] : [],
            Address = work.Next(3) == 0 ? "127.0.0." + work.Next(Addresses) : "",
            Cause = Text(work, 40),
            Created = now,
            WakeAt = now,
            Scheduled = now,
        };
    }

    /// <summary>A change that may be made to any server.</summary>
    public Func<ServerRecord, ServerRecord> Change(Random work, DateTimeOffset now)
    {
        var (number, text, soon) = (work.Next(5), Text(work, 40), now + TimeSpan.FromSeconds(work.Next(1000)));
        switch (work.Next(8))
        {
            case 0 or 1:
                var state = States[work.Next(States.Length)];
                return server => server with { State = state, Stopped = state == ServerState.Stopped ? now : null };
            case 2:
                return server => server with { InstanceId = text, Region = "other region", Address = "127.0.0." + (Addresses + number), Started = now };
            case 3:
                return server => server with { Error = text, Attempts = number, Probes = number + 1, AbsentSince = number == 0 ? null : now };
            case 4:
                return server => server with { Deadline = number == 0 ? null : soon, CreateIsOpen = number > 2, ExpiryTold = number > 3 };
            case 5:
                return server => server with { WakeAt = number == 0 ? null : soon, Scheduled = now };
            case 6:
                var next = new NextCredentials("next " + text, Credentials(work, now));
                return server => server with { Next = next };
            default:
                return server => server.Renewed();
        }
    }

    public IReadOnlyList<EventDraft> Events(Random work, int most) => [.. Enumerable.Range(0, work.Next(most + 1)).Select(_ => Event(work))];

    public EventDraft Event(Random work)
    {
        var message = string.Create(CultureInfo.InvariantCulture, $"event {++_events}: {Text(work, work.Next(10) == 0 ? 2000 : 60)}");
        return work.Next(2) == 0 ? new("Changed", message, "lifecycle") : new("Asked", message, "caller", "127.0.0.1", Text(work, 12));
    }

    public static byte[] Bytes(Random work, int count)
    {
        var bytes = new byte[count];
        work.NextBytes(bytes);
        return bytes;
    }

    private ServerCredentials Credentials(Random work, DateTimeOffset now) =>
        new(Pem(work), Pem(work), Pem(work), Pem(work)) { Expires = now + TimeSpan.FromDays(work.Next(100)) };

    private byte[] Pem(Random work) => Encoding.ASCII.GetBytes(Text(work, _longest / 4));

    private static string Text(Random work, int most) => new(work.GetItems(Letters.AsSpan(), work.Next(most + 1)));
}
