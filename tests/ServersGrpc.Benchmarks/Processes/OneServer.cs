using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Google.Protobuf;
using ServersGrpc.Benchmarks.Engine;
using ServersGrpc.Benchmarks.Load;
using ServersGrpc.Engine.Servers;
using ServersGrpc.V1;

namespace ServersGrpc.Benchmarks.Processes;

/// <summary>The service with one server of 8 KB in it, and how that is asked for over both faces.</summary>
internal sealed class OneServer : IDisposable
{
    // Four of them make a message of 8 KB.
    private const int KeyLength = 2_000;
    private const int FrameHeader = 5;
    private const string Name = "bench";
    private const string GrpcPath = "/servers.v1.ServerService/GetServer";

    private readonly RunDirectory _data;
    private readonly Service _service;

    private OneServer(RunDirectory data, Service service, LookUp rest, LookUp grpc) =>
        (_data, _service, Rest, Grpc) = (data, service, rest, grpc);

    public LookUp Rest { get; }

    public LookUp Grpc { get; }

    public ServerProcess Process => _service.Process;

    /// <param name="metered">Whether the service is to count what it allocates.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static Task<OneServer> StartAsync(bool metered, CancellationToken cancellationToken) =>
        StartAsync(directory => Service.StartAsync(directory, metered), cancellationToken);

    /// <summary>The same behind a service that lets everyone in.</summary>
    public static Task<OneServer> StartOpenAsync(CancellationToken cancellationToken) => StartAsync(Service.StartOpenAsync, cancellationToken);

    private static async Task<OneServer> StartAsync(Func<string, Task<Service>> start, CancellationToken cancellationToken)
    {
        var data = new RunDirectory();
        Service? service = null;
        try
        {
            await FillAsync(data.Path, cancellationToken);
            service = await start(data.Path);
            return new(data, service, await PrepareRestAsync(data, service, cancellationToken), await PrepareGrpcAsync(data, service, cancellationToken));
        }
        catch
        {
            service?.Dispose();
            data.Dispose();
            throw;
        }
    }

    /// <summary>The service under a load that has its token.</summary>
    public Subject Load(LookUp lookUp, params IReadOnlyList<string> options) => lookUp.Of(Process, [.. options, "-H", _service.AuthorizationHeader]);

    public void Dispose()
    {
        _service.Dispose();
        _data.Dispose();
    }

    // Through the engine, whose lifecycle is not started, and paused for the service: it stays as it is.
    private static async Task FillAsync(string dataDirectory, CancellationToken cancellationToken)
    {
        await using var engine = new EngineHost(dataDirectory, new());
        await engine.Store.SetPausedAsync(true, cancellationToken);
        var key = RandomNumberGenerator.GetBytes(KeyLength);
        var server = new ServerRecord
        {
            Uid = Guid.NewGuid().ToString("N"),
            Name = Name,
            Provider = "local",
            Secret = ServerSecrets.Generate(),
            Credentials = new(key, key, key, key),
            Created = TimeProvider.System.GetUtcNow(),
        };
        await engine.Store.AddAsync(server, new("ProvisionRequested", "", "bench"), new(EngineHost.NoLimit), cancellationToken);
    }

    private static async Task<LookUp> PrepareRestAsync(RunDirectory data, Service service, CancellationToken cancellationToken)
    {
        const string path = "/api/servers/" + Name;
        var answer = await service.Http.GetByteArrayAsync(path, cancellationToken);
        return new(path, ["--h1"], await WriteAsync(data, "rest-answer", answer, cancellationToken), answer.Length);
    }

    private static async Task<LookUp> PrepareGrpcAsync(RunDirectory data, Service service, CancellationToken cancellationToken)
    {
        var request = Frame(new GetServerRequest { Name = Name });
        var answer = await CallAsync(service, request, cancellationToken);
        var requestFile = await WriteAsync(data, "grpc-request", request, cancellationToken);
        return new(
            GrpcPath,
            ["-d", requestFile, "-H", "content-type: application/grpc", "-H", "te: trailers"],
            await WriteAsync(data, "grpc-answer", answer, cancellationToken),
            answer.Length);
    }

    private static async Task<string> WriteAsync(RunDirectory data, string name, byte[] content, CancellationToken cancellationToken)
    {
        await File.WriteAllBytesAsync(data.File(name), content, cancellationToken);
        return data.File(name);
    }

    private static byte[] Frame(IMessage message)
    {
        var frame = new byte[FrameHeader + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.CalculateSize());
        message.WriteTo(frame.AsSpan(FrameHeader));
        return frame;
    }

    /// <summary>The frame that the service answers.</summary>
    /// <exception cref="InvalidOperationException">The call failed: load on it would measure an error.</exception>
    private static async Task<byte[]> CallAsync(Service service, byte[] frame, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, GrpcPath)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.Add(new("trailers"));
        using var response = await service.Http.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var headers = response.TrailingHeaders.Concat(response.Headers).ToDictionary(header => header.Key, header => header.Value.First());
        return headers.GetValueOrDefault("grpc-status") == "0"
            ? body
            : throw new InvalidOperationException($"GetServer answered HTTP {(int)response.StatusCode} and {string.Join(", ", headers)}.");
    }
}
