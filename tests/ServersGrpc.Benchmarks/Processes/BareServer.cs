using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ServersGrpc.Benchmarks.Processes;

/// <summary>
/// The reference: Kestrel that answers every request with the same bytes. No routing, no authentication, no messages: what is left is what the
/// web server itself costs.
/// </summary>
internal static class BareServer
{
    public const string Subcommand = "bare";

    /// <summary>HTTP/1.1, with content type and length.</summary>
    public const string Rest = "rest";

    /// <summary>HTTP/2, with the content type and the trailer of a gRPC answer.</summary>
    public const string Grpc = "grpc";

    public static async Task<int> RunAsync(string face, string bodyFile)
    {
        var body = await File.ReadAllBytesAsync(bodyFile);
        var builder = WebApplication.CreateBuilder();
        // As the service has it. Where the hosting logs, each request begins an activity and a scope.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning).AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = face == Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1);
        });
        await using var app = builder.Build();
        app.Run(face == Grpc ? AnswerGrpcAsync : AnswerRestAsync);
        await app.RunAsync();
        return 0;

        Task AnswerRestAsync(HttpContext http)
        {
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = body.Length;
            return http.Response.BodyWriter.WriteAsync(body).AsTask();
        }

        Task AnswerGrpcAsync(HttpContext http)
        {
            http.Response.ContentType = "application/grpc";
            http.Response.AppendTrailer("grpc-status", "0");
            return http.Response.BodyWriter.WriteAsync(body).AsTask();
        }
    }
}
