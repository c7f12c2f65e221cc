using System.Runtime.Versioning;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Storage;

[UnsupportedOSPlatform("windows")]
public sealed class DataDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public void Open_New_IsMadeForItsOwnerOnly()
    {
        using var data = DataDirectory.Open(_directory.File("a/b"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(data.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(data.File("lock")));
    }

    [Fact]
    public void Open_HeldByAnother_IsRefused()
    {
        using var first = DataDirectory.Open(_directory.Path);

        var refused = Assert.Throws<StoreOpenException>(() => DataDirectory.Open(_directory.Path));

        Assert.Contains("in use by another service", refused.Message);
    }

    [Fact]
    public void Open_Released_CanBeOpenedAgain()
    {
        DataDirectory.Open(_directory.Path).Dispose();

        using var again = DataDirectory.Open(_directory.Path);

        Assert.True(Directory.Exists(again.Path));
    }

    [Fact]
    public void Open_WhereAFileIs_IsRefusedWithThePathAndTheSetting()
    {
        File.WriteAllText(_directory.File("file"), "");

        var refused = Assert.Throws<StoreOpenException>(() => DataDirectory.Open(_directory.File("file/data")));

        Assert.Contains(_directory.File("file/data"), refused.Message);
        Assert.Contains("Servers:DataDirectory", refused.Message);
    }

    public void Dispose() => _directory.Dispose();
}
