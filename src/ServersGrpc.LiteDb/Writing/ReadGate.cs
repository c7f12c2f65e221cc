namespace ServersGrpc.LiteDb.Writing;

/// <summary>Lets so many read from the file at once, and none while a checkpoint is made: LiteDB would wait for them with its lock held.</summary>
internal sealed class ReadGate
{
    private const int MostReaders = 8;

    private readonly SemaphoreSlim _places = new(MostReaders);

    public async Task<T> ReadAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(read, CancellationToken.None);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>For the writer's thread alone: two at once would wait for each other.</summary>
    public void RunAlone(Action work)
    {
        for (var i = 0; i < MostReaders; i++)
            _places.Wait();
        try
        {
            work();
        }
        finally
        {
            _places.Release(MostReaders);
        }
    }
}
