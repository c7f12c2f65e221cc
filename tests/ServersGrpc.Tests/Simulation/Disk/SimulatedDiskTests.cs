using ServersGrpc.LiteDb.Files;
using ServersGrpc.Simulation.Disk;

namespace ServersGrpc.Tests.Simulation.Disk;

public class SimulatedDiskTests
{
    private const int Seeds = 200;
    private const int Sector = 512;
    private const int Page = 4096;

    public static TheoryData<int> Modes => [.. Enum.GetValues<LossMode>().Select(mode => (int)mode)];

    [Fact]
    public void AfterLoss_NothingIsKept_ShowsWhatWasSynced()
    {
        var disk = WithFile("a", 1, 10_000);
        var file = disk.Open("a");
        file.Write(500, Filled(2, 20_000));
        file.SetLength(50_000);

        Assert.Equal(50_000, file.Length);
        Assert.Equal(Filled(1, 10_000), Content(disk.AfterLoss(LossMode.Nothing), "a"));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void AfterLoss_AllIsSynced_KeepsIt(int mode)
    {
        foreach (var disk in Disks())
        {
            Write(disk, "a", Filled(1, 10_000));
            disk.Open("a").SetLength(9_000);
            disk.Open("a").Sync();
            disk.Sync();

            Assert.Equal(Filled(1, 9_000), Content(disk.AfterLoss((LossMode)mode), "a"));
        }
    }

    [Fact]
    public void AfterLoss_EverythingIsKept_ShowsWhatReadsSaw()
    {
        var disk = WithFile("a", 1, 10_000);
        disk.Open("a").Write(9_000, Filled(2, 5_000));
        disk.Open("a").SetLength(12_000);
        disk.Open("a").SetLength(13_000);
        var seen = Content(disk, "a");

        Assert.Equal([.. Filled(1, 9_000), .. Filled(2, 3_000), .. new byte[1_000]], seen);
        Assert.Equal(seen, Content(disk.AfterLoss(LossMode.Everything), "a"));
    }

    [Fact]
    public void AfterLoss_InOrder_TearsTheLastWriteBetweenSectors()
    {
        var torn = 0;
        foreach (var disk in Disks())
        {
            WithFile(disk, "a", 0, 3 * Page);
            for (byte i = 0; i < 3; i++)
                disk.Open("a").Write(i * Page, Filled((byte)(i + 1), Page));

            var found = Content(disk.AfterLoss(LossMode.InOrder), "a");

            var end = found.AsSpan().IndexOf((byte)0) is var first and >= 0 ? first : found.Length;
            Assert.Equal(0, end % Sector);
            Assert.All(Enumerable.Range(0, end), i => Assert.Equal(i / Page + 1, found[i]));
            Assert.All(Enumerable.Range(end, found.Length - end), i => Assert.Equal(0, found[i]));
            torn += end % Page > 0 ? 1 : 0;
        }

        Assert.InRange(torn, 1, Seeds);
    }

    [Theory]
    [InlineData((int)LossMode.AnyPages, Page)]
    [InlineData((int)LossMode.AnySectors, Sector)]
    public void AfterLoss_AnyUnits_MixesWholeUnitsOfAnyAge(int mode, int unit)
    {
        var (reordered, mixtures) = (0, new HashSet<string>());
        foreach (var disk in Disks())
        {
            WithFile(disk, "a", 1, 4 * Page);
            disk.Open("a").Write(0, Filled(2, 4 * Page));
            disk.Open("a").Write(0, Filled(3, 4 * Page));

            var units = Content(disk.AfterLoss((LossMode)mode), "a").Chunk(unit).ToList();

            Assert.All(units, bytes => Assert.True(bytes[0] is 1 or 2 or 3 && bytes.Length == unit && bytes.All(b => b == bytes[0])));
            reordered += units[0][0] < units[^1][0] ? 1 : 0;
            mixtures.Add(string.Concat(units.Select(bytes => bytes[0])));
        }

        Assert.InRange(reordered, 1, Seeds);
        Assert.InRange(mixtures.Count, Seeds / 10, Seeds);
    }

    [Theory]
    [InlineData((int)LossMode.InOrder)]
    [InlineData((int)LossMode.AnyPages)]
    [InlineData((int)LossMode.AnySectors)]
    public void AfterLoss_CutAndGrown_ShowsNothingOfWhatWasCutOffInTheLongerFile(int mode)
    {
        var lengths = new HashSet<int>();
        foreach (var disk in Disks())
        {
            WithFile(disk, "a", 1, 2 * Page);
            disk.Open("a").SetLength(0);
            disk.Open("a").SetLength(3 * Page);

            var found = Content(disk.AfterLoss((LossMode)mode), "a");

            lengths.Add(found.Length);
            if (found.Length == 3 * Page)
                Assert.All(found, b => Assert.Equal(0, b));
        }

        Assert.Equal([0, 2 * Page, 3 * Page], lengths.Order());
    }

    [Fact]
    public void AfterLoss_FilesDiffer_InWhatTheyKeep()
    {
        var differ = 0;
        foreach (var disk in Disks())
        {
            WithFile(disk, "a", 1, Page);
            WithFile(disk, "b", 1, Page);
            disk.Open("a").Write(0, Filled(2, Page));
            disk.Open("b").Write(0, Filled(2, Page));

            var after = disk.AfterLoss();
            differ += Content(after, "a").SequenceEqual(Content(after, "b")) ? 0 : 1;
        }

        Assert.InRange(differ, Seeds / 10, Seeds);
    }

    [Fact]
    public void AfterLoss_DirectoryIsNotSynced_MayMissTheFile()
    {
        var found = new List<bool>();
        foreach (var disk in Disks())
        {
            Write(disk, "a", Filled(1, 100));
            var after = disk.AfterLoss();
            found.Add(after.Exists("a"));
            if (after.Exists("a"))
                Assert.Equal(Filled(1, 100), Content(after, "a"));
        }

        Assert.Contains(true, found);
        Assert.Contains(false, found);
    }

    [Fact]
    public void AfterLoss_RenameIsNotSynced_HappenedWhollyOrNotAtAll()
    {
        var found = new HashSet<string>();
        foreach (var disk in Disks())
        {
            WithFile(disk, "old", 1, 100);
            WithFile(disk, "new", 2, 200);
            disk.Rename("new", "old");
            Assert.False(disk.Exists("new"));
            Assert.Equal(Filled(2, 200), Content(disk, "old"));

            var after = disk.AfterLoss();

            found.Add(string.Join(' ', new[] { "old", "new" }.Where(after.Exists).Select(Describe)));

            string Describe(string name) => $"{name}={Content(after, name)[0]}x{Content(after, name).Length}";
        }

        Assert.Equal(["old=1x100 new=2x200", "old=2x200"], found.Order());
    }

    [Fact]
    public void AfterLoss_TwoRenames_LeaveOneName()
    {
        foreach (var disk in Disks())
        {
            WithFile(disk, "a", 1, 100);
            disk.Rename("a", "b");
            disk.Rename("b", "c");

            var after = disk.AfterLoss();

            Assert.Single(new[] { "a", "b", "c" }, after.Exists);
        }
    }

    [Fact]
    public void AfterLoss_RenamesAndDeletionsAreSynced_KeepsThem()
    {
        foreach (var disk in Disks())
        {
            WithFile(disk, "a", 1, 100);
            WithFile(disk, "b", 2, 100);
            disk.Rename("a", "c");
            disk.Delete("b");
            disk.Delete("absent");
            disk.Sync();

            var after = disk.AfterLoss();

            Assert.Equal([false, false, true], new[] { "a", "b", "c" }.Select(after.Exists));
        }
    }

    [Fact]
    public void AfterLoss_DeletionIsNotSynced_MayBringTheFileBack()
    {
        var found = new HashSet<bool>();
        foreach (var disk in Disks())
        {
            WithFile(disk, "a", 1, 100);
            disk.Delete("a");
            Assert.False(disk.Exists("a"));
            found.Add(disk.AfterLoss().Exists("a"));
        }

        Assert.Equal(2, found.Count);
    }

    [Fact]
    public void AfterLoss_SameSeedAndOperations_GivesTheSameDisk()
    {
        Assert.Equal(Run(7), Run(7));
        Assert.NotEqual(Run(7), Run(8));

        static byte[] Run(int seed)
        {
            var disk = new SimulatedDisk(seed);
            WithFile(disk, "a", 1, 100_000);
            for (byte i = 0; i < 50; i++)
                disk.Open("a").Write(i * 1_000, Filled(i, 2_000));
            return Content(disk.AfterLoss(LossMode.AnySectors), "a");
        }
    }

    [Fact]
    public void CutAt_NthOperation_ThrowsThereAndEverAfter()
    {
        var disk = WithFile("a", 1, 100);
        var file = disk.Open("a");
        disk.Power.CutAt(2);

        file.Write(0, Filled(2, 100));
        Assert.Throws<PowerLostException>(() => file.Sync());

        Assert.True(disk.Power.IsOut);
        Assert.Equal(new DiskOperation(DiskOperationKind.Sync, "a"), disk.Power.CutIn);
        Assert.Throws<PowerLostException>(() => file.Write(0, Filled(3, 100)));
        Assert.Throws<PowerLostException>(() => file.SetLength(0));
        Assert.Throws<PowerLostException>(() => disk.Open("b"));
        Assert.Throws<PowerLostException>(() => disk.Rename("a", "b"));
        Assert.Throws<PowerLostException>(() => disk.Delete("a"));
        Assert.Throws<PowerLostException>(() => disk.Sync());
        Assert.Equal(Filled(1, 100), Content(disk.AfterLoss(LossMode.Nothing), "a"));
        Assert.Equal(Filled(2, 100), Content(disk.AfterLoss(LossMode.Everything), "a"));
    }

    [Fact]
    public void CutAt_OnlyAtSyncs_LetsWritesThrough()
    {
        var disk = WithFile("a", 1, 100);
        var file = disk.Open("a");
        disk.Power.CutAt(1, onlyAtSyncs: true);

        file.Write(0, Filled(2, 100));
        file.SetLength(50);

        Assert.Throws<PowerLostException>(() => file.Sync());
    }

    [Fact]
    public void CutAt_WritesOneAfterTheOther_CountAsOne()
    {
        var disk = WithFile("a", 1, 100);
        var file = disk.Open("a");
        disk.Power.CutAt(3, more: 1);

        file.Write(0, Filled(2, 100));
        file.Write(0, Filled(3, 100));
        file.Sync();
        file.Write(0, Filled(4, 100));

        Assert.Throws<PowerLostException>(() => file.Write(0, Filled(5, 100)));
    }

    [Fact]
    public void FailAt_Write_IsShortAndTheDiskWorksAgain()
    {
        var lengths = new HashSet<long>();
        foreach (var disk in Disks())
        {
            var file = disk.Open("a");
            disk.Faults.FailAt(1);

            var error = Assert.Throws<IOException>(() => file.Write(0, Filled(1, 10_000)));

            Assert.StartsWith("No space left on device", error.Message, StringComparison.Ordinal);
            Assert.Single(disk.Faults.Failed);
            Assert.True(file.Length % Sector == 0 || file.Length == 10_000);
            lengths.Add(file.Length);
            file.Write(0, Filled(2, 10_000));
            file.Sync();
            disk.Sync();
            Assert.Equal(Filled(2, 10_000), Content(disk.AfterLoss(), "a"));
        }

        Assert.InRange(lengths.Count, 10, 21);
    }

    [Fact]
    public void FailAt_Sync_MayForgetWhatReadsStillShow()
    {
        var kept = new HashSet<bool>();
        foreach (var disk in Disks())
        {
            WithFile(disk, "a", 1, Page);
            var file = disk.Open("a");
            file.Write(0, Filled(2, Page));
            disk.Faults.FailAt(1, onlyAtSyncs: true);

            var error = Assert.Throws<IOException>(() => file.Sync());

            Assert.StartsWith("Input/output error", error.Message, StringComparison.Ordinal);
            Assert.Equal(Filled(2, Page), Content(disk, "a"));
            file.Sync();
            kept.Add(Content(disk.AfterLoss(LossMode.Nothing), "a")[0] == 2);
        }

        Assert.Equal(2, kept.Count);
    }

    [Fact]
    public void FailAt_ForgottenPageIsWrittenAgain_IsKept()
    {
        foreach (var disk in Disks())
        {
            WithFile(disk, "a", 1, Page);
            var file = disk.Open("a");
            file.Write(0, Filled(2, Page));
            disk.Faults.FailAt(1);
            Assert.Throws<IOException>(() => file.Sync());

            file.Write(0, Filled(2, 1));
            file.Sync();

            Assert.Equal(Filled(2, Page), Content(disk.AfterLoss(LossMode.Nothing), "a"));
        }
    }

    [Fact]
    public void FailAt_SetLengthAndDirectory_ChangeNothing()
    {
        var disk = WithFile("a", 1, 100);
        var file = disk.Open("a");

        Fails(() => file.SetLength(0));
        Fails(() => disk.Open("b"));
        Fails(() => disk.Rename("a", "b"));
        Fails(() => disk.Delete("a"));
        Fails(() => disk.Sync());

        Assert.Equal(100, file.Length);
        Assert.False(disk.Exists("b"));

        void Fails(Action act)
        {
            disk.Faults.FailAt(1);
            Assert.StartsWith("Input/output error", Assert.Throws<IOException>(act).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void FillAt_UntilCleared_RefusesOnlyWhatGrows()
    {
        var disk = WithFile("a", 1, 100);
        var file = disk.Open("a");
        disk.Faults.FillAt(1);

        file.Write(0, Filled(2, 100));
        IsRefused(() => file.Write(50, Filled(3, 100)));
        IsRefused(() => file.SetLength(101));
        IsRefused(() => disk.Open("b"));
        file.SetLength(90);
        file.Sync();
        Assert.Equal([.. Filled(2, 50), .. Filled(3, 40)], Content(disk, "a"));

        disk.Faults.Clear();
        file.Write(50, Filled(3, 100));
        Assert.Equal(150, file.Length);

        static void IsRefused(Action act) =>
            Assert.StartsWith("No space left on device", Assert.Throws<IOException>(act).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_HandleIsDisposed_Throws()
    {
        var disk = WithFile("a", 1, 100);
        var file = disk.Open("a");
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.Write(0, Filled(2, 100)));
        Assert.Equal(Filled(1, 100), Content(disk, "a"));
    }

    [Fact]
    public void Read_WhileAnotherThreadWrites_SeesWholeWrites()
    {
        var disk = WithFile("a", 0, 2 * Page);
        using var written = new CancellationTokenSource();
        var writer = new Thread(Write);
        writer.Start();

        while (!written.IsCancellationRequested)
            Assert.Single(Content(disk, "a").Distinct());
        writer.Join();

        void Write()
        {
            var file = disk.Open("a");
            for (var i = 0; i < 2_000; i++)
            {
                file.Write(0, Filled((byte)i, 2 * Page));
                file.Sync();
            }

            written.Cancel();
        }
    }

    private static IEnumerable<SimulatedDisk> Disks() => Enumerable.Range(0, Seeds).Select(seed => new SimulatedDisk(seed));

    private static SimulatedDisk WithFile(string name, byte value, int length) => WithFile(new SimulatedDisk(1), name, value, length);

    private static SimulatedDisk WithFile(SimulatedDisk disk, string name, byte value, int length)
    {
        Write(disk, name, Filled(value, length));
        disk.Sync();
        return disk;
    }

    private static void Write(SimulatedDisk disk, string name, byte[] content)
    {
        using var file = disk.Open(name);
        file.Write(0, content);
        file.Sync();
    }

    private static byte[] Filled(byte value, int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    private static byte[] Content(SimulatedDisk disk, string name)
    {
        using IStoreFile file = disk.Open(name);
        var content = new byte[file.Length];
        Assert.Equal(content.Length, file.Read(0, content));
        return content;
    }
}
