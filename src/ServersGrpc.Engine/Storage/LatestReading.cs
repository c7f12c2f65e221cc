namespace ServersGrpc.Engine.Storage;

/// <summary>
/// A value for an observable instrument, which can't wait: as it is now where that is known at once, otherwise as it was when the instrument
/// was read before.
/// </summary>
/// <param name="read">Reads the value.</param>
/// <param name="unknown">What stands for it until it was read once.</param>
internal sealed class LatestReading<T>(Func<ValueTask<T>> read, T unknown)
{
    private readonly Lock _lock = new();
    private T _latest = unknown;
    private Task<T>? _reading;

    public T Read()
    {
        lock (_lock)
        {
            Take();
            if (_reading is null)
            {
                _reading = read().AsTask();
                Take();
            }
            return _latest;
        }
    }

    private void Take()
    {
        if (_reading is not { IsCompleted: true } done)
            return;
        // While the database is away the instrument shows what it last knew; that the database is away, another one shows.
        if (done.IsCompletedSuccessfully)
            _latest = done.Result;
        else
            _ = done.Exception;
        _reading = null;
    }
}
