namespace ServersGrpc.SystemTests.Harness.Leaks;

/// <summary>Notes what the answers to a client hold that is secret. A watch is left alone: it has no end to wait for.</summary>
internal sealed class SecretRecorder(SecretLedger ledger) : DelegatingHandler(new SocketsHttpHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var path = request.RequestUri!.AbsolutePath;
        if (response.IsSuccessStatusCode && path.StartsWith("/api/servers", StringComparison.Ordinal) && !path.EndsWith(":watch", StringComparison.Ordinal))
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            ledger.AddAnswer(await response.Content.ReadAsStringAsync(cancellationToken));
        }
        return response;
    }
}
