using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using ServersGrpc.Engine.Providers.Local;

namespace ServersGrpc.Agent;

/// <summary>What a local server answers: HTTPS for those who hold a certificate of the server's own authority.</summary>
internal sealed class AgentServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    public AgentServer(AgentSpec spec, AgentCredentials credentials, LoopbackListener listener)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = _ => listener.Socket);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen((IPEndPoint)listener.Socket.LocalEndPoint!, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http1;
                endpoint.UseHttps(Https(credentials));
            });
        });
        _app = builder.Build();
        var information = Information(spec);
        _app.Run(context => AnswerAsync(context, information));
    }

    public Task StartAsync(CancellationToken cancellationToken) => _app.StartAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static HttpsConnectionAdapterOptions Https(AgentCredentials credentials)
    {
        var authority = X509Certificate2.CreateFromPem(credentials.CaCertificate);
        return new HttpsConnectionAdapterOptions
        {
            ServerCertificate = X509Certificate2.CreateFromPem(credentials.TlsCertificate, credentials.TlsKey),
            ServerCertificateChain = [],
            SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            // Trust nothing but the server's own authority, whatever the machine trusts.
            OnAuthenticate = (_, tls) => tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
            ClientCertificateValidation = (_, _, errors) => errors == SslPolicyErrors.None,
        };
    }

    private static async Task AnswerAsync(HttpContext context, byte[] information)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return;
        }

        (context.Response.StatusCode, context.Response.ContentType, var body) = context.Request.Path.Value switch
        {
            "/_ping" => (StatusCodes.Status200OK, "text/plain; charset=utf-8", "OK"u8.ToArray()),
            "/" or "/info" => (StatusCodes.Status200OK, "application/json", information),
            _ => (StatusCodes.Status404NotFound, "text/plain; charset=utf-8", "not found\n"u8.ToArray()),
        };
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private static byte[] Information(AgentSpec spec)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("name", spec.Name);
            json.WriteString("uid", spec.Uid);
            json.WriteNumber("pid", Environment.ProcessId);
            json.WriteNumber("started", TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
