namespace ServersGrpc.Rpc.Server;

/// <summary>A token that is cancelled with either of two. Costs nothing where one of them says nothing more than the other.</summary>
internal readonly struct JoinedToken : IDisposable
{
    private readonly CancellationTokenSource? _source;

    public JoinedToken(CancellationToken call, CancellationToken own)
    {
        if (own.CanBeCanceled && own != call)
            _source = CancellationTokenSource.CreateLinkedTokenSource(call, own);
        Token = _source?.Token ?? call;
    }

    public CancellationToken Token { get; }

    public void Dispose() => _source?.Dispose();
}
