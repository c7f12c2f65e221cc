using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using ServersGrpc.Engine.Providers.Local;

namespace ServersGrpc.Agent;

/// <summary>
/// What a local server answers: HTTPS for those who hold a certificate of the server's own authority, and new credentials from the service,
/// which alone holds that authority's key.
/// </summary>
internal sealed class AgentServer : IAsyncDisposable
{
    private const int MaxBodyLength = 64 * 1024;

    private readonly WebApplication _app;
    private readonly AgentSpec _spec;
    private readonly byte[] _information;
    private readonly SemaphoreSlim _changing = new(1);
    private volatile AgentIdentity _identity;

    public AgentServer(AgentSpec spec, AgentCredentials credentials, LoopbackListener listener)
    {
        (_spec, _information, _identity) = (spec, Information(spec), new AgentIdentity(credentials));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = _ => listener.Socket);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyLength;
            kestrel.Listen((IPEndPoint)listener.Socket.LocalEndPoint!, endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http1;
                endpoint.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = Greet });
            });
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public Task StartAsync(CancellationToken cancellationToken) => _app.StartAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _changing.Dispose();
    }

    private ValueTask<SslServerAuthenticationOptions> Greet(TlsHandshakeCallbackContext context)
    {
        var identity = _identity;
        context.Connection.Items[typeof(AgentIdentity)] = identity;
        return new(identity.TlsOptions());
    }

    private async Task AnswerAsync(HttpContext context)
    {
        // A connection of those who were let in before the credentials were replaced is worth no more than what they hold.
        if (context.Features.GetRequiredFeature<IConnectionItemsFeature>().Items[typeof(AgentIdentity)] != _identity)
        {
            context.Abort();
            return;
        }

        var (method, path) = (context.Request.Method, context.Request.Path.Value);
        if (path == CredentialsSignature.Path && HttpMethods.IsPut(method))
        {
            await TakeCredentialsAsync(context);
            return;
        }

        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "GET, HEAD";
            return;
        }

        (context.Response.StatusCode, context.Response.ContentType, var body) = path switch
        {
            "/_ping" => (StatusCodes.Status200OK, "text/plain; charset=utf-8", "OK"u8.ToArray()),
            "/" or "/info" => (StatusCodes.Status200OK, "application/json", _information),
            _ when EngineAnswers.IsVersion(path) => (StatusCodes.Status200OK, "application/json", EngineAnswers.Version),
            _ => (StatusCodes.Status404NotFound, "text/plain; charset=utf-8", "not found\n"u8.ToArray()),
        };
        context.Response.Headers["Api-Version"] = EngineAnswers.ApiVersion;
        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsGet(method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    /// <summary>Answers every new connection with other credentials from here on, if the service says so.</summary>
    private async Task TakeCredentialsAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var signature = context.Request.Headers[CredentialsSignature.Header].ToString();
        await _changing.WaitAsync(context.RequestAborted);
        try
        {
            context.Response.StatusCode = Take(body.GetBuffer().AsSpan(0, (int)body.Length), signature);
        }
        finally
        {
            _changing.Release();
        }

        context.Response.Headers.Connection = "close";
    }

    private int Take(ReadOnlySpan<byte> body, string signature)
    {
        if (!CredentialsSignature.IsValid(_identity.Authority, _spec.Generation, body, signature))
        {
            return StatusCodes.Status403Forbidden;
        }

        if (AgentCredentials.Read(body) is not { } credentials)
        {
            return StatusCodes.Status400BadRequest;
        }

        try
        {
            var next = new AgentIdentity(credentials);
            if (!next.LetsItselfIn())
            {
                return StatusCodes.Status400BadRequest;
            }

            _identity = next;
            return StatusCodes.Status204NoContent;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // They are none, or the key is another's.
            return StatusCodes.Status400BadRequest;
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
