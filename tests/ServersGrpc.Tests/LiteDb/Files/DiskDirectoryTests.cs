using System.Runtime.Versioning;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Files;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests.LiteDb.Files;

[UnsupportedOSPlatform("windows")]
public sealed class DiskDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly DiskDirectory _disk;

    public DiskDirectoryTests() => _disk = new(_directory.Path);

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("database", true)]
    // A disk that is not mounted: a new database must not take the place of the one on it.
    [InlineData("database", false)]
    [InlineData("database-log", true)]
    public void Open_SymbolicLink_IsRefused(string link, bool isTargetThere)
    {
        if (isTargetThere)
            File.WriteAllText(_directory.File("elsewhere"), "its content");
        File.CreateSymbolicLink(_directory.File(link), _directory.File("elsewhere"));

        var refused = Assert.Throws<StoreOpenException>(() => LiteFile.Open(_disk, "database", _ => { }, _ => { }));

        Assert.Contains($"{_directory.File(link)} is a symbolic link", refused.Message);
        Assert.Equal(isTargetThere, File.Exists(_directory.File("elsewhere")));
        Assert.NotNull(new FileInfo(_directory.File(link)).LinkTarget);
    }

    [Fact]
    public void Exists_CannotBeTold_Throws()
    {
        Assert.False(_disk.Exists("absent"));
        Assert.False(_disk.Exists("absent/absent"));

        // As a disk that can't be read: the name is longer than any.
        Assert.ThrowsAny<IOException>(() => _disk.Exists(new string('a', 300)));
    }

    [Fact]
    public void Delete_Absent_IsFine() => _disk.Delete("nothing");
}
