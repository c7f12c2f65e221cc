using System.Runtime.Versioning;
using ServersGrpc.Auth;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Engine;
using ServersGrpc.Tests.Rpc;

namespace ServersGrpc.Tests.Auth;

[UnsupportedOSPlatform("windows")]
public sealed class AdminTokenTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly DataDirectory _data;
    private readonly RecordedLogs _logs = new();

    public AdminTokenTests() => _data = DataDirectory.Open(_directory.Path);

    private string TokenFile => _data.File(AdminToken.FileName);

    [Fact]
    public void ReadOrMake_FirstStart_MakesAPrivateFileAndLogsItsNameOnly()
    {
        var token = Open();

        var text = File.ReadAllText(TokenFile).Trim();
        Assert.True(token.Is(text));
        Assert.Equal(43, text.Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(TokenFile));
        Assert.Contains(TokenFile, Assert.Single(_logs.Texts));
        Assert.DoesNotContain(text, _logs.Texts.Single());
    }

    [Fact]
    public void ReadOrMake_LaterStart_IsTheSameToken()
    {
        Open();
        var text = File.ReadAllText(TokenFile).Trim();

        Assert.True(Open().Is(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    public void ReadOrMake_NoUsableToken_IsRefused(string text)
    {
        File.WriteAllText(TokenFile, text);

        var refused = Assert.Throws<StoreOpenException>(Open);

        Assert.Contains(TokenFile, refused.Message);
    }

    [Fact]
    public void ReadOrMake_CrashedWhileMaking_MakesItAnew()
    {
        File.WriteAllText(TokenFile + ".new", "half");

        Assert.False(Open().Is("half"));
        Assert.False(File.Exists(TokenFile + ".new"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("Bearer")]
    public void Is_AnotherToken_IsFalse(string text) => Assert.False(Open().Is(text));

    [Theory]
    [InlineData("a token of one's own, short")]
    [InlineData("ünïcödé-ünïcödé-ünïcödé")]
    public void Is_OwnTokenOfAnyLength_IsTheTokenAlone(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 100));
        File.WriteAllText(TokenFile, text);

        var token = Open();

        Assert.True(token.Is(text));
        Assert.False(token.Is(text + "x"));
        Assert.False(token.Is(text.AsSpan(..^1)));
        Assert.False(token.Is(part));
    }

    public void Dispose()
    {
        _data.Dispose();
        _directory.Dispose();
    }

    private AdminToken Open() => AdminToken.ReadOrMake(_data, _logs.CreateLogger("auth"));
}
