using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests.LiteDb;

/// <summary>When the store gives what is free in its file back to the disk.</summary>
public sealed class CompactionTests : IDisposable
{
    private const int Servers = 100;
    private const string Compacted = "Compacted /simulated/servers.litedb from";

    private static readonly string Aside = NewFile.Aside(MemoryStore.Data);

    private readonly MemoryStore _memory = new();

    private static CancellationToken Timeout => MemoryStore.Timeout;

    public void Dispose() => _memory.Dispose();

    [Fact]
    public async Task Open_MostOfTheFileIsFree_IsCompacted()
    {
        await FillAsync();
        _memory.Close();
        var before = _memory.LengthOf(MemoryStore.Data);
        _memory.Options.SparseSize = 100_000;

        Assert.Equal(["last"], await _memory.NamesAsync());

        var after = _memory.LengthOf(MemoryStore.Data);
        Assert.InRange(after, 1, before / 2);
        Assert.Single(_memory.Logged, text => text.Contains($"{Compacted} {before} to {after} bytes in ", StringComparison.Ordinal));
        Assert.Equal(2, (await _memory.Store.ListEventsAsync("s100", Timeout)).Count);
        await _memory.AddAsync("more");
        _memory.Reopen();
        Assert.Equal(["last", "more"], await _memory.NamesAsync());
        Assert.Single(_memory.Logged, text => text.Contains(Compacted, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_FileIsSmall_StaysAsItIs()
    {
        await FillAsync();

        _memory.Reopen();

        Assert.DoesNotContain(_memory.Logged, text => text.Contains(Compacted, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quiet_MostOfTheFileIsFree_IsCompactedWithoutARestart()
    {
        _memory.Options.SparseSize = 100_000;
        _memory.Options.QuietTime = TimeSpan.FromMilliseconds(5);
        var compacting = new TaskCompletionSource();
        _ = _memory.Store;
        _memory.Directory.Changing = name =>
        {
            if (name == Aside)
                compacting.TrySetResult();
        };
        await FillAsync();

        await compacting.Task.WaitAsync(Timeout);
        await _memory.AddAsync("more");

        Assert.Contains(_memory.Logged, text => text.Contains(Compacted, StringComparison.Ordinal));
        Assert.DoesNotContain(_memory.Logged, text => text.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Equal(2, (await _memory.Store.ListEventsAsync("s100", Timeout)).Count);
        _memory.Reopen();
        Assert.Equal(["last", "more"], await _memory.NamesAsync());
    }

    [Fact]
    public async Task Write_NeverQuiet_LogIsCutAndFileCompactedAfterSomeMinutes()
    {
        var time = new ManualTime();
        using var memory = new MemoryStore { Time = time };
        memory.Options.SparseSize = 100_000;
        memory.Options.QuietTime = TimeSpan.FromHours(1);
        memory.Options.CheckpointSize = 1;
        await FillAsync(memory);
        await memory.AddAsync("first");
        Assert.DoesNotContain(memory.Logged, text => text.Contains(Compacted, StringComparison.Ordinal));
        var log = memory.LengthOf(MemoryStore.Log);
        Assert.InRange(log, LogHeader.Length + 1, long.MaxValue);

        time.Advance(TimeSpan.FromMinutes(5));
        await memory.AddAsync("second");
        await memory.AddAsync("third");

        Assert.Single(memory.Logged, text => text.Contains(Compacted, StringComparison.Ordinal));
        Assert.InRange(memory.LengthOf(MemoryStore.Log), LogHeader.Length, log - 1);
        memory.Reopen();
        Assert.Equal(["first", "last", "second", "third"], await memory.NamesAsync());
    }

    [Fact]
    public async Task Write_AfterAFailure_DoesNotWaitForACompaction()
    {
        await FillAsync();
        _memory.Close();
        _ = _memory.Store;
        _memory.Options.SparseSize = 100_000;
        _memory.Options.MovedSize = 1;
        _memory.Trouble.Write = DiskTrouble.Broken;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _memory.AddAsync("during"));
        _memory.Trouble.End();

        await _memory.AddAsync("after");

        Assert.DoesNotContain(_memory.Logged, text => text.Contains(Compacted, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quiet_TooMuchIsInUse_WaitsForTheNextStart()
    {
        _memory.Options.SparseSize = 100_000;
        _memory.Options.MovedSize = 1;
        _memory.Options.QuietTime = TimeSpan.FromMilliseconds(1);
        await FillAsync();

        // Each of them finds that it is quiet.
        for (var i = 0; i < 20; i++)
            await _memory.Store.CheckAsync(Timeout);
        await _memory.AddAsync("more");

        Assert.DoesNotContain(_memory.Logged, text => text.Contains(Compacted, StringComparison.Ordinal));
        _memory.Reopen();
        Assert.Single(_memory.Logged, text => text.Contains(Compacted, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Open_NoRoomForACopy_GoesOnWithTheFileAsItIs()
    {
        await FillAsync();
        _memory.Close();
        _memory.Options.SparseSize = 100_000;
        _memory.Options.QuietTime = TimeSpan.FromMilliseconds(5);
        _memory.Directory.Changing = name =>
        {
            if (name == Aside)
                throw new IOException("No space left on device");
        };

        await _memory.AddAsync("more");
        await _memory.Store.CheckAsync(Timeout);

        Assert.Single(_memory.Logged, text => text.Contains("it could not be compacted: No space left on device", StringComparison.Ordinal));
        Assert.False(_memory.Disk.Exists(Aside));
        _memory.Directory.Changing = _ => { };
        _memory.Reopen();
        Assert.Equal(["last", "more"], await _memory.NamesAsync());
        Assert.Single(_memory.Logged, text => text.Contains(Compacted, StringComparison.Ordinal));
    }

    /// <summary>Adds servers, and purges all but the last.</summary>
    private Task FillAsync() => FillAsync(_memory);

    private static async Task FillAsync(MemoryStore memory)
    {
        await Task.WhenAll(Enumerable.Range(100, Servers).Select(i => memory.AddAsync($"s{i}")));
        await memory.PurgeAsync();
        await memory.AddAsync("last");
    }
}
