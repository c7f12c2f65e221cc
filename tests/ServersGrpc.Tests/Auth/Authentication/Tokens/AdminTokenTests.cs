using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using ServersGrpc.Auth.Authentication.Tokens;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests.Auth.Authentication.Tokens;

[UnsupportedOSPlatform("windows")]
public sealed class AdminTokenTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly DataDirectory _data;
    private readonly RecordedLogs _logs = new();
    private readonly AdminToken _token;

    public AdminTokenTests()
    {
        _data = DataDirectory.Open(_directory.Path);
        _token = new(_data, LoggerFactory.Create(logging => logging.AddProvider(_logs)).CreateLogger<AdminToken>());
    }

    private string TokenFile => _data.File(AdminToken.FileName);

    [Fact]
    public void Make_NoFile_MakesAPrivateOneAndLogsItsNameOnly()
    {
        var token = _token.Make();

        Assert.Equal(token, File.ReadAllText(TokenFile).Trim());
        Assert.Equal(SecretToken.Hash(token), _token.Read());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(TokenFile));
        Assert.Contains(TokenFile, Assert.Single(_logs.Texts));
        Assert.DoesNotContain(token, _logs.Texts.Single());
    }

    [Fact]
    public void Make_AFileIsThere_TakesItsPlace()
    {
        var first = _token.Make();

        Assert.NotEqual(first, _token.Make());
        Assert.NotEqual(SecretToken.Hash(first), _token.Read());
    }

    [Fact]
    public void Read_NoFile_IsNone() => Assert.Null(_token.Read());

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    public void Read_NoUsableToken_IsRefused(string text)
    {
        File.WriteAllText(TokenFile, text);

        var refused = Assert.Throws<StoreOpenException>(_token.Read);

        Assert.Contains(TokenFile, refused.Message);
    }

    [Fact]
    public void Make_CrashedWhileMaking_MakesItAnew()
    {
        File.WriteAllText(TokenFile + ".new", "half");

        _token.Make();

        Assert.False(File.Exists(TokenFile + ".new"));
    }

    [Fact]
    public void Make_CantBeWritten_SaysSo()
    {
        Directory.CreateDirectory(TokenFile + ".new");

        Assert.Contains(TokenFile, Assert.Throws<StoreOpenException>(_token.Make).Message);
    }

    public void Dispose()
    {
        _data.Dispose();
        _directory.Dispose();
    }
}
