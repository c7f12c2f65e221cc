using System.Runtime.Versioning;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Tests.Engine.Storage;

[UnsupportedOSPlatform("windows")]
public sealed class DataDirectoryTests : IDisposable
{
    private const UnixFileMode OwnerDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode EverybodyReads =
        OwnerDirectory | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

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

        var refused = Assert.Throws<DataDirectoryInUseException>(() => DataDirectory.Open(_directory.Path));

        Assert.Contains("in use by another service", refused.Message);
    }

    [Fact]
    public async Task Open_HeldForAMoment_IsWaitedFor()
    {
        var first = DataDirectory.Open(_directory.Path);
        var second = DataDirectory.OpenAsync(_directory.Path, TimeSpan.FromMinutes(1));
        Assert.False(second.IsCompleted);

        first.Dispose();

        (await second).Dispose();
    }

    [Fact]
    public void Open_WhatAnotherProcessTookAwayMeanwhile_IsPassedOver()
    {
        // As a name that was listed and leads nowhere any more.
        File.CreateSymbolicLink(_directory.File("servers.litedb-log"), _directory.File("gone"));

        using var data = DataDirectory.Open(_directory.Path);

        Assert.True(File.Exists(data.File("lock")));
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

    [Fact]
    public void Open_EmptyAndOpenToOthers_IsClosedWithoutAWord()
    {
        File.SetUnixFileMode(_directory.Path, EverybodyReads);

        using var data = DataDirectory.Open(_directory.Path);

        Assert.Equal(OwnerDirectory, File.GetUnixFileMode(data.Path));
        Assert.Empty(data.Mended);
    }

    [Fact]
    public void Open_OfTheServiceAndOpenToOthers_IsClosedAndTold()
    {
        File.WriteAllText(_directory.File("admin.token"), "");
        File.SetUnixFileMode(_directory.File("admin.token"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        File.SetUnixFileMode(_directory.Path, EverybodyReads);

        using var data = DataDirectory.Open(_directory.Path);

        Assert.Equal([(_directory.Path, "0755"), (_directory.File("admin.token"), "0604")], data.Mended);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(data.File("admin.token")));
    }

    [Fact]
    public void Open_EverythingThatAServiceHasAndOpenToOthers_IsClosed()
    {
        // What lies there once a service has run, in every way that it can.
        string[] all =
        [
            "admin.token", "control.sock", "dev-certificate.pem", "dev-certificate.key", "encryption.key", "encryption.key.new", "lock", "servers.db", "servers.litedb", "servers.litedb-log",
        ];
        foreach (var file in all)
            File.WriteAllText(_directory.File(file), "");
        File.SetUnixFileMode(_directory.Path, EverybodyReads);

        using var data = DataDirectory.Open(_directory.Path);

        Assert.Equal(OwnerDirectory, File.GetUnixFileMode(data.Path));
        Assert.NotEmpty(data.Mended);
    }

    [Fact]
    public void Open_ClosedWithOpenFiles_ClosesThemWithoutAWord()
    {
        Directory.CreateDirectory(_directory.File("local"), EverybodyReads);

        using var data = DataDirectory.Open(_directory.Path);

        Assert.Equal(OwnerDirectory, File.GetUnixFileMode(data.File("local")));
        Assert.Empty(data.Mended);
    }

    [Theory]
    [InlineData("lockers", EverybodyReads, "holds lockers, which is not the service's")]
    [InlineData("servers.litedb", EverybodyReads | UnixFileMode.StickyBit, "is shared by many users")]
    public void Open_OpenToOthersAndPerhapsNotOursAlone_IsRefusedAndLeftAlone(string held, UnixFileMode mode, string why)
    {
        File.WriteAllText(_directory.File(held), "");
        File.SetUnixFileMode(_directory.Path, mode);

        var refused = Assert.Throws<StoreOpenException>(() => DataDirectory.Open(_directory.Path));

        Assert.Contains(why, refused.Message);
        Assert.Contains($"chmod 0700 {_directory.Path}", refused.Message);
        Assert.Equal(mode, File.GetUnixFileMode(_directory.Path));
    }

    public void Dispose() => _directory.Dispose();
}
