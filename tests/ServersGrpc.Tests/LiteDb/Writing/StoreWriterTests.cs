using System.Diagnostics;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Tests.LiteDb.Writing;

/// <summary>What becomes of a store whose data file can't be written for a while: its log can, so that writes are acknowledged.</summary>
public sealed class StoreWriterTests : IDisposable
{
    private readonly MemoryStore _memory = new();

    private static CancellationToken Timeout => MemoryStore.Timeout;

    public void Dispose() => _memory.Dispose();

    [Fact]
    public async Task Checkpoint_FailsWhileNothingIsWritten_AnotherThreadRecoversByItself()
    {
        _memory.Options.QuietTime = TimeSpan.FromMilliseconds(5);
        var failed = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
        var recovered = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = _memory.Store;
        OnDataFile(() =>
        {
            if (failed.TrySetResult(Thread.CurrentThread))
                throw new IOException("Input/output error");
            recovered.TrySetResult(Thread.CurrentThread);
        });

        await _memory.AddAsync("one");
        var (before, after) = (await failed.Task.WaitAsync(Timeout), await recovered.Task.WaitAsync(Timeout));

        Assert.NotSame(before, after);
        await _memory.AddAsync("two");
        Assert.Single(await _memory.Store.ListEventsAsync("one", Timeout));
        Assert.Single(_memory.Logged, text => text.Contains("does not take writes", StringComparison.Ordinal));
        Assert.Single(_memory.Logged, text => text.Contains("takes writes again", StringComparison.Ordinal));
        _memory.Reopen();
        Assert.Equal(["one", "two"], await _memory.NamesAsync());
    }

    [Fact]
    public async Task Write_ThenNone_LeavesNothingInTheLog()
    {
        _memory.Options.QuietTime = TimeSpan.FromMilliseconds(5);
        await _memory.AddAsync("one");
        // The store's thread does not go on with the test.
        var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _memory.Directory.Changing = name =>
        {
            if (name == MemoryStore.Log && _memory.LengthOf(name) == LogHeader.Length)
                cut.TrySetResult();
        };

        await _memory.AddAsync("two");

        await cut.Task.WaitAsync(Timeout);
        _memory.Reopen();
        Assert.Equal(["one", "two"], await _memory.NamesAsync());
    }

    [Fact]
    public async Task Checkpoint_FailsAgainAndAgain_IsTriedEverLessOften()
    {
        const int Tries = 5;
        _memory.Options.QuietTime = TimeSpan.FromMilliseconds(5);
        var times = new List<TimeSpan>();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = Stopwatch.StartNew();
        _ = _memory.Store;
        OnDataFile(() =>
        {
            if (times.Count == Tries)
                return;
            times.Add(watch.Elapsed);
            if (times.Count == Tries)
                enough.SetResult();
            throw new IOException("Input/output error");
        });

        try
        {
            await _memory.AddAsync("one");
        }
        catch (StoreUnavailableException)
        {
            // What the start wrote was still to be moved, and that has failed already.
        }
        await enough.Task.WaitAsync(Timeout);

        var waits = times.Zip(times.Skip(1), (one, next) => next - one).ToList();
        // Twice as much, by a clock that is not quite the timer's.
        Assert.All(waits, (wait, i) => Assert.InRange(wait, _memory.Options.QuietTime * (1 << i), TimeSpan.MaxValue));
        Assert.Single(_memory.Logged, text => text.Contains("does not take writes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Checkpoint_FailsAfterAWrite_TheWriteIsAcknowledged()
    {
        _memory.Options.CheckpointSize = 1;
        _ = _memory.Store;
        var failures = 1;
        OnDataFile(() =>
        {
            if (failures-- > 0)
                throw new IOException("Input/output error");
        });

        await _memory.AddAsync("one");
        await _memory.AddAsync("two");

        _memory.Reopen();
        Assert.Equal(["one", "two"], await _memory.NamesAsync());
    }

    [Fact]
    public async Task Checkpoint_FailsForLong_LogStaysBounded()
    {
        const int Largest = 256 * 1024;
        _memory.Options.CheckpointSize = Largest;
        _memory.Options.QuietTime = TimeSpan.FromMinutes(5);
        _ = _memory.Store;
        OnDataFile(() => throw new IOException("Input/output error"));

        var acknowledged = new List<string>();
        for (var i = 100; i < 160; i++)
        {
            try
            {
                await _memory.AddAsync($"s{i}");
                acknowledged.Add($"s{i}");
            }
            catch (StoreUnavailableException)
            {
                // Nothing is written before a checkpoint succeeds.
            }
        }

        Assert.InRange(acknowledged.Count, 1, 100);
        Assert.InRange(_memory.LengthOf(MemoryStore.Log), 1, 2 * Largest);
        OnDataFile(() => { });
        await _memory.Store.CheckAsync(Timeout);
        await _memory.AddAsync("s160");
        Assert.Equal([.. acknowledged, "s160"], await _memory.NamesAsync());
    }

    private void OnDataFile(Action changing) => _memory.Directory.Changing = name =>
    {
        if (name == MemoryStore.Data)
            changing();
    };
}
