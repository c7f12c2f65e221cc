using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ServersGrpc.V1;

namespace ServersGrpc.Benchmarks.Processes;

/// <summary>
/// The reference for what the service adds: the packages alone, Grpc.AspNetCore and JSON transcoding, with one method that answers the same
/// prebuilt message. No authentication, no interceptor, no store.
/// </summary>
internal static class OfficialServer
{
    public const string Subcommand = "official";

    // A frame begins with a flag and the length of its message.
    private const int FrameHeader = 5;

    /// <param name="face">As of <see cref="BareServer"/>.</param>
    /// <param name="frameFile">The gRPC frame of the message.</param>
    public static async Task<int> RunAsync(string face, string frameFile)
    {
        var message = Server.Parser.ParseFrom((await File.ReadAllBytesAsync(frameFile)).AsSpan(FrameHeader));
        var builder = WebApplication.CreateBuilder();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
            .AddFilter("Grpc", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = face == BareServer.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1);
        });
        builder.Services.AddGrpc().AddJsonTranscoding();
        builder.Services.AddSingleton(new FixedService(message));
        await using var app = builder.Build();
        app.MapGrpcService<FixedService>();
        await app.RunAsync();
        return 0;
    }

    private sealed class FixedService(Server message) : ServerService.ServerServiceBase
    {
        private readonly Task<Server> _answer = Task.FromResult(message);

        public override Task<Server> GetServer(GetServerRequest request, ServerCallContext context) => _answer;
    }
}
