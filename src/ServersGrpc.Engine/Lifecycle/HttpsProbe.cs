using System.Net;
using System.Security.Cryptography;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>Asks <c>GET /_ping</c> as the server's own client does.</summary>
/// <param name="timeout">How long connecting, handshake and answer may take together.</param>
/// <param name="timeProvider">Measures the timeout.</param>
public sealed class HttpsProbe(TimeSpan timeout, TimeProvider timeProvider) : IServerProbe
{
    private static readonly byte[] ExpectedBody = "OK"u8.ToArray();

    public async Task ProbeAsync(ServerRecord server, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            await PingAsync(server, either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProbeFailedException($"no answer from {server.Address} within {timeout.TotalSeconds:0.###} s", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new ProbeFailedException($"{server.Address}: {ServerClient.Reason(exception)}", exception);
        }
        catch (Exception exception) when (exception is CryptographicException or UriFormatException)
        {
            throw new ProbeFailedException($"the server's credentials or address can't be used: {exception.Message}", exception);
        }
    }

    private static async Task PingAsync(ServerRecord server, CancellationToken cancellationToken)
    {
        // Every probe is a connection of its own.
        using var client = new ServerClient(server.Name, server.Address, server.Credentials);
        using var response = await client.SendAsync(HttpMethod.Get, "/_ping", content: null, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new ProbeFailedException($"{server.Address} answered HTTP {(int)response.StatusCode}");
        }

        if (!await BodyIsExpectedAsync(response.Content, cancellationToken))
        {
            throw new ProbeFailedException($"{server.Address} answered HTTP 200 with a body other than OK");
        }
    }

    private static async Task<bool> BodyIsExpectedAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[ExpectedBody.Length + 1];
        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer.AsSpan(0, length).SequenceEqual(ExpectedBody);
    }
}
