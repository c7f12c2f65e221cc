using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.LiteDb.Writing;

/// <summary>Keeps the data file as it is, for a copy of it, until it is disposed, or the writer can wait no longer.</summary>
internal sealed class CheckpointHold(LiteFile file) : IDisposable
{
    private volatile string? _loss;
    private volatile bool _isReleased;

    /// <summary>The database as of the last checkpoint.</summary>
    public LiteFile File => file;

    public bool IsHeld => _loss is null && !_isReleased;

    /// <summary>Why the data file did not stay as it was; null: it did.</summary>
    public string? Loss => _loss;

    /// <summary>For the writer: from here on the data file changes.</summary>
    public void Lose(string reason)
    {
        if (IsHeld)
            _loss = reason;
    }

    public void ThrowIfLost()
    {
        if (_loss is { } loss)
            throw new StoreUnavailableException(loss);
    }

    public void Dispose() => _isReleased = true;
}
