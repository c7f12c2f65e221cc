namespace ServersGrpc.Benchmarks.Load;

/// <summary>The limit: the bytes alone, appended to a file and waited for.</summary>
internal static class RawLoad
{
    public static async Task<StoreRun> RunAsync(int callers)
    {
        using var directory = new RunDirectory();
        using var file = File.OpenHandle(directory.File("raw"), FileMode.CreateNew, FileAccess.Write);
        var at = 0L;
        using var commits = new GroupCommit(count =>
        {
            RandomAccess.Write(file, new byte[count * StoreLoad.UnitLength], at);
            RandomAccess.FlushToDisk(file);
            at += count * StoreLoad.UnitLength;
        });
        return await Writers.RunAsync(callers, commits.WriteAsync);
    }
}
