using System.Runtime.Versioning;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.Simulation.Disk;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests.LiteDb;

[UnsupportedOSPlatform("windows")]
public sealed class LiteBackupTests : IDisposable
{
    private const string Copy = "copy";

    private readonly MemoryStore _memory = new();
    private readonly SimulatedDisk _disk = new(2);
    private readonly FaultyDirectory _target;

    public LiteBackupTests() => _target = new(_disk, new());

    private static CancellationToken Timeout => MemoryStore.Timeout;

    public void Dispose() => _memory.Dispose();

    [Fact]
    public async Task BackUp_BesideWriters_HoldsAllThatWasAcknowledgedBefore()
    {
        using var stop = new CancellationTokenSource();
        var acknowledged = new List<string>();
        var writing = WriteAsync();
        for (var round = 0; round < 5; round++)
        {
            List<string> before;
            lock (acknowledged)
                before = [.. acknowledged];
            await _memory.Store.BackUpAsync(_target, Copy, Timeout);

            var held = await NamesInCopyAsync();
            Assert.Equal(before, held.Take(before.Count));
            _disk.Delete(Copy);
        }
        await stop.CancelAsync();
        await writing;
        Assert.Equal(acknowledged, await _memory.NamesAsync());

        async Task WriteAsync()
        {
            for (var i = 1000; !stop.IsCancellationRequested; i++)
            {
                await _memory.AddAsync($"s{i}");
                lock (acknowledged)
                    acknowledged.Add($"s{i}");
            }
        }
    }

    [Fact]
    public async Task BackUp_ToADirectory_IsItsOwnersAlone()
    {
        using var directory = new TemporaryDirectory();
        await _memory.AddAsync("one");

        await _memory.Store.BackUpAsync(directory.File(Copy), Timeout);

        Assert.Equal([directory.File(Copy)], Directory.GetFiles(directory.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(directory.File(Copy)));
        Assert.Contains(_memory.Logged, text => text.Contains($"up to {directory.File(Copy)}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gone/copy", "There is no directory")]
    [InlineData("taken", "is there already")]
    [InlineData("begun", "begun.new")]
    public async Task BackUp_PlaceThatIsNotFree_IsRefusedAndAsItWas(string name, string said)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory.File("taken"), "content");
        File.WriteAllText(directory.File("begun.new"), "content");

        var refused = await Assert.ThrowsAsync<IOException>(() => _memory.Store.BackUpAsync(directory.File(name), Timeout));

        Assert.Contains(said, refused.Message);
        Assert.Equal(["begun.new", "taken"], Directory.GetFiles(directory.Path).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(directory.Path), file => Assert.Equal("content", File.ReadAllText(file)));
    }

    [Fact]
    public async Task BackUp_IntoTheDataDirectory_IsRefused()
    {
        using var temporary = new TemporaryDirectory();
        using var store = _memory.Open(new DiskDirectory(temporary.Path));

        var refused = await Assert.ThrowsAsync<IOException>(() => store.BackUpAsync(temporary.File("servers.litedb.new"), Timeout));

        Assert.Contains("is in the data directory", refused.Message);
    }

    [Fact]
    public async Task BackUp_DiskOfTheCopyFailsAtAnyOperation_LeavesNothingAndTheStoreIsWell()
    {
        await _memory.AddAsync("one");
        for (var operation = 1; ; operation++)
        {
            _disk.Faults.FailAt(operation);
            try
            {
                await _memory.Store.BackUpAsync(_target, Copy, Timeout);
                break;
            }
            catch (IOException)
            {
                Assert.NotEmpty(_disk.Faults.Failed);
                // The last one is the wait for the directory: the copy is whole by then.
                Assert.Equal(_disk.Faults.Failed[^1].Kind == DiskOperationKind.SyncDirectory, _disk.Exists(Copy));
                Assert.False(_disk.Exists(NewFile.Aside(Copy)));
                _disk.Delete(Copy);
            }
            await _memory.AddAsync($"s{operation}");
        }
        Assert.InRange((await NamesInCopyAsync()).Count, 5, int.MaxValue);
        Assert.DoesNotContain(_memory.Logged, text => text.Contains("does not take writes", StringComparison.Ordinal));
    }

    [Fact]
    public async Task BackUp_DiskOfTheCopyIsFull_SaysSo()
    {
        _disk.Faults.FillAt(2);

        var failed = await Assert.ThrowsAsync<IOException>(() => _memory.Store.BackUpAsync(_target, Copy, Timeout));

        Assert.Contains("/simulated/copy can't be written: No space left", failed.Message);
        Assert.False(_disk.Exists(NewFile.Aside(Copy)));
    }

    [Fact]
    public async Task BackUp_PowerIsLostAtAnyOperation_CopyIsWholeOrNotThere()
    {
        await _memory.AddAsync("one");
        var whole = 0;
        for (var operation = 1; whole < 3; operation++)
        {
            var disk = new SimulatedDisk(operation);
            disk.Power.CutAt(operation);
            await Record.ExceptionAsync(() => _memory.Store.BackUpAsync(disk, Copy, Timeout));
            var after = disk.AfterLoss(LossMode.AnySectors);
            if (!after.Exists(Copy))
                continue;
            whole++;
            using var file = after.Open(Copy);
            Assert.Equal(["one"], await NamesInAsync(file));
        }
    }

    [Fact]
    public async Task BackUp_Cancelled_LeavesNothing()
    {
        using var cancelled = new CancellationTokenSource();
        _target.Changing = _ => cancelled.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _memory.Store.BackUpAsync(_target, Copy, cancelled.Token));

        Assert.False(_disk.Exists(Copy) || _disk.Exists(NewFile.Aside(Copy)));
        await _memory.Store.BackUpAsync(_disk, Copy, Timeout);
    }

    [Fact]
    public async Task BackUp_PageIsDamaged_FailsAndNamesIt()
    {
        await _memory.AddAsync("one");
        await _memory.Store.BackUpAsync(_target, "before", Timeout);
        using (var data = _memory.Disk.Open(MemoryStore.Data))
            data.Write((3 * PageStream.PageSize) + 100, [1, 2, 3, 4]);

        var failed = await Assert.ThrowsAsync<DamagedFileException>(() => _memory.Store.BackUpAsync(_target, Copy, Timeout));

        Assert.Contains("/simulated/servers.litedb is damaged", failed.Message);
        Assert.Contains("page 3", failed.Message);
        Assert.False(_disk.Exists(Copy) || _disk.Exists(NewFile.Aside(Copy)));
    }

    [Fact]
    public async Task BackUp_WritesMeanwhile_StayInTheLogUntilItIsDone()
    {
        _memory.Options.CheckpointSize = 1;
        var changes = 0;
        var (copying, goOn) = Block();
        var backup = Task.Run(() => _memory.Store.BackUpAsync(_target, Copy, Timeout));
        await copying.WaitAsync(Timeout);
        _memory.Directory.Changing = name => changes += name == MemoryStore.Data ? 1 : 0;

        await _memory.AddAsync("one");
        await _memory.AddAsync("two");
        Assert.Equal(0, changes);
        goOn();
        await backup;
        await _memory.AddAsync("three");
        // The checkpoint comes after a write is acknowledged, and before the next one.
        await _memory.AddAsync("four");
        Assert.InRange(changes, 1, int.MaxValue);

        Assert.Empty(await NamesInCopyAsync());
        _memory.Reopen();
        Assert.Equal(["four", "one", "three", "two"], await _memory.NamesAsync());
    }

    [Fact]
    public async Task BackUp_TooMuchIsWrittenMeanwhile_IsGivenUpAndTheLogStaysBounded()
    {
        _memory.Options.CheckpointSize = 1;
        _memory.Options.HeldLogSize = 1 << 20;
        var (copying, goOn) = Block();
        var backup = Task.Run(() => _memory.Store.BackUpAsync(_target, Copy, Timeout));
        await copying.WaitAsync(Timeout);

        for (var i = 100; i < 200; i++)
            await _memory.AddAsync($"s{i}");
        goOn();

        var failed = await Assert.ThrowsAsync<StoreUnavailableException>(() => backup);
        Assert.Contains("than its log may take, 1 MiB", failed.Message);
        Assert.False(_disk.Exists(Copy) || _disk.Exists(NewFile.Aside(Copy)));
        Assert.InRange(_memory.LengthOf(MemoryStore.Log), 1 << 20, 2 << 20);
        await _memory.Store.BackUpAsync(_disk, Copy, Timeout);
        Assert.Equal(100, (await NamesInCopyAsync()).Count);
    }

    [Fact]
    public async Task BackUp_DatabaseFailsMeanwhile_IsGivenUp()
    {
        var (copying, goOn) = Block();
        var backup = Task.Run(() => _memory.Store.BackUpAsync(_target, Copy, Timeout));
        await copying.WaitAsync(Timeout);
        _memory.Directory.Changing = _ => throw new IOException("Input/output error");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _memory.AddAsync("one"));
        _memory.Directory.Changing = _ => { };
        await _memory.AddAsync("two");
        goOn();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => backup);

        Assert.False(_disk.Exists(Copy) || _disk.Exists(NewFile.Aside(Copy)));
    }

    [Fact]
    public async Task BackUp_StoreIsClosedMeanwhile_IsGivenUp()
    {
        var (copying, goOn) = Block();
        var backup = Task.Run(() => _memory.Store.BackUpAsync(_target, Copy, Timeout));
        await copying.WaitAsync(Timeout);
        _memory.Close();
        goOn();

        var failed = await Assert.ThrowsAsync<StoreUnavailableException>(() => backup);

        Assert.Equal("The service is stopping.", failed.Message);
        Assert.False(_disk.Exists(Copy) || _disk.Exists(NewFile.Aside(Copy)));
    }

    [Fact]
    public async Task RotateKey_WhileABackupIsMade_WaitsForIt()
    {
        var (copying, goOn) = Block();
        var backup = Task.Run(() => _memory.Store.BackUpAsync(_target, Copy, Timeout));
        await copying.WaitAsync(Timeout);

        var rotation = _memory.Store.RotateKeyAsync(Timeout);
        await _memory.AddAsync("one");

        Assert.False(rotation.IsCompleted);
        goOn();
        await rotation;
        await backup;
    }

    /// <summary>Has the copying wait at its first write.</summary>
    private (Task Copying, Action GoOn) Block()
    {
        _ = _memory.Store;
        var copying = new TaskCompletionSource();
        var goOn = new ManualResetEventSlim();
        _target.Changing = _ =>
        {
            copying.TrySetResult();
            goOn.Wait(Timeout);
        };
        return (copying.Task, goOn.Set);
    }

    private async Task<List<string>> NamesInCopyAsync()
    {
        using var copy = _disk.Open(Copy);
        return await NamesInAsync(copy);
    }

    /// <summary>The names of all servers in a copy, opened as a service would.</summary>
    private async Task<List<string>> NamesInAsync(IStoreFile copy)
    {
        var disk = new SimulatedDisk(3);
        var content = new byte[copy.Length];
        copy.Read(0, content);
        using (var file = disk.Open(MemoryStore.Data))
            file.Write(0, content);
        using var store = _memory.Open(disk);
        return [.. (await store.ListAsync(ServerQuery.Everything, null, int.MaxValue, Timeout)).Select(server => server.Name).Order(StringComparer.Ordinal)];
    }
}
