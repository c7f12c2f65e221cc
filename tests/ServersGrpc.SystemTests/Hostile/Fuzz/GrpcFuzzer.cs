using System.IO.Compression;
using Google.Protobuf;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using ServersGrpc.SystemTests.Hostile.Http2;
using ServersGrpc.V1;

namespace ServersGrpc.SystemTests.Hostile.Fuzz;

/// <summary>gRPC calls: good ones, of which most are spoiled in one place or in a few.</summary>
internal sealed class GrpcFuzzer(string token)
{
    private const string Timeout = "grpc-timeout";

    private static readonly string[] BadTimeouts = ["", "S", "1", "-1S", "1s", "1 S", "999999999S", "0x1S", "\u00e9", "1S,1S"];
    private static readonly string[] ShortTimeouts = ["100u", "20m"];

    // The package takes what is shorter than its clock's tick for none.
    private static readonly string[] NoTimeouts = ["0S", "0n", "1n", .. ShortTimeouts];

    private static readonly (string Name, string[] Values)[] Metadata =
    [
        ("grpc-accept-encoding", ["gzip", "identity,deflate,gzip", "", ",,,", "br"]),
        ("x-data-bin", ["AAE=", "AAE", "AAE,AQ", ""]),
        ("x-note", ["\u00e9", "a%zz", " ", "a,b"]),
        ("user-agent", ["grpc-go/1.0", ""]),
        ("accept", ["text/event-stream"]),
        ("last-event-id", ["x"]),
        ("origin", ["http://evil.example"]),
        ("grpc-message", ["%zz"]),
        ("grpc-status", ["2"]),
        ("x-http-method-override", ["GET"]),
        ("tracestate", ["="]),
    ];

    public GrpcFuzzCase Make(Random random)
    {
        var (path, message) = Good(random);
        var authorization = $"Bearer {token}";
        var contentType = Mutation.Of(random, "application/grpc", "application/grpc", "application/grpc+proto", "application/grpc; a=b");
        var metadata = new List<(string Name, string Value)>();
        var (mayBeInternal, timeout, gzip) = (false, "50m", false);
        var payload = message.ToByteArray();
        var spoils = random.Next(4);
        if (random.Next(5) == 0) (payload, gzip) = (Gzip(payload), true);
        for (; spoils > 0; spoils--)
        {
            switch (random.Next(8))
            {
                case 0:
                    path = "/" + Mutation.Text(random, path[1..]).Replace('?', '!').Replace('#', '!');
                    break;
                case 1:
                    authorization = Mutation.Text(random, authorization);
                    break;
                case 2:
                    (contentType, mayBeInternal) = (Mutation.Text(random, contentType), true);
                    break;
                case 3:
                    (timeout, mayBeInternal) = (Mutation.Of(random, BadTimeouts), true);
                    break;
                case 4:
                    timeout = Mutation.Of(random, NoTimeouts);
                    break;
                case 5:
                    var (name, values) = Metadata[random.Next(Metadata.Length)];
                    metadata.Add((name, Mutation.Of(random, values)));
                    break;
                case 6:
                    metadata.Add(Mutation.Of(random, ("grpc-encoding", "deflate"), ("grpc-encoding", ""), ("x-bad-bin", "!"), ("x-bad-bin", "A")));
                    mayBeInternal = true;
                    break;
                default:
                    (payload, mayBeInternal) = (Mutation.Bytes(random, payload), true);
                    break;
            }
        }
        // One that can't be read is none, and a watch without one has no end.
        if (IsWatch(path))
            timeout = Mutation.Of(random, ShortTimeouts);
        var body = RawClient.Frame(payload, (byte)(gzip ? 1 : 0));
        if (random.Next(6) == 0)
            (body, mayBeInternal) = (Spoil(random, body), true);
        if (gzip) metadata.Add(("grpc-encoding", "gzip"));
        List<(string Name, string Value)> headers =
        [
            ("content-type", contentType), ("te", "trailers"), ("authorization", authorization), (Timeout, timeout), .. metadata,
        ];
        // Characters outside of ASCII are not for the fields of HTTP.
        return new(path, [.. headers.Select(header => (header.Name, Visible(header.Value)))], body, mayBeInternal);
    }

    // Methods are found in any case of letters. What no path may hold is left out where it is sent.
    public static bool IsWatch(string path) =>
        string.Concat(path.Where(character => character is > ' ' and < '\u007f')).Contains("Watch", StringComparison.OrdinalIgnoreCase);

    private static (string Path, IMessage Message) Good(Random random)
    {
        var name = random.Next(4) == 0 ? Mutation.Text(random, "fuzz-1") : $"fuzz-{random.Next(6)}";
        return random.Next(10) switch
        {
            0 or 1 => (CallFrames.Service + "GetServer", new GetServerRequest { Name = name }),
            2 => (CallFrames.Service + "ListServers", new ListServersRequest
            {
                PageSize = random.Next(-1, 4),
                State = { Mutation.Of(random, "pending", "stopped", "happy") },
                LabelSelector = Mutation.Of(random, "", "a=b", ",,"),
            }),
            3 or 4 => (CallFrames.Service + "ProvisionServer", new ProvisionServerRequest
            {
                Name = name,
                Capacity = random.Next(-1, 5),
                Labels = { [Mutation.Of(random, "a", "-", "k/k")] = name },
                RequestId = Mutation.Of(random, "", "q-1", "\u00e9"),
                ValidateOnly = random.Next(3) == 0,
                UserData = new string('u', random.Next(3) == 0 ? random.Next(40_000) : 0),
            }),
            5 => (CallFrames.Service + "TerminateServer", new TerminateServerRequest
            {
                Name = name,
                Force = random.Next(2) == 0,
                Etag = Mutation.Of(random, "", "", "x"),
            }),
            6 => (CallFrames.Service + "WatchServers", new WatchServersRequest
            {
                SinceRevision = random.Next(-1, 100),
                Provider = Mutation.Of(random, "", "local", "none"),
            }),
            7 => (CallFrames.Service + "ListServerEvents", new ListServerEventsRequest { Name = name }),
            8 => ("/grpc.health.v1.Health/" + Mutation.Of(random, "Check", "Watch"), new HealthCheckRequest { Service = Mutation.Of(random, "", name) }),
            _ => ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", new ServerReflectionRequest
            {
                FileContainingSymbol = Mutation.Of(random, "servers.v1.Server", "", name),
            }),
        };
    }

    /// <summary>A message that is cut off, flagged or counted wrong, doubled, or not there.</summary>
    private static byte[] Spoil(Random random, byte[] body) => random.Next(6) switch
    {
        0 => body[..random.Next(body.Length)],
        1 => [(byte)random.Next(256), .. body[1..]],
        2 => [body[0], .. RandomBytes(random, 4), .. body[5..]],
        3 => [.. body, .. body],
        4 => [.. body, .. RandomBytes(random, random.Next(20))],
        _ => [],
    };

    private static byte[] RandomBytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Visible(string value) => string.Concat(value.Where(character => character is >= ' ' and < '\u007f')).Trim();

    private static byte[] Gzip(byte[] payload)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(payload);
        return compressed.ToArray();
    }
}
