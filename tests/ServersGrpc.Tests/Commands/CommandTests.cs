using System.Net.Sockets;
using ServersGrpc.Commands;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Tests.Auth;

namespace ServersGrpc.Tests.Commands;

/// <summary>Commands as a shell runs them, with the service running on the directory and without.</summary>
[Collection(nameof(Console))]
public sealed class CommandTests : IDisposable
{
    private readonly AuthFixture _auth = new();

    private static CancellationToken Timeout => AuthFixture.Timeout;

    public void Dispose() => _auth.Dispose();

    [Fact]
    public async Task Token_WithoutAService_IsMadeListedRotatedAndRevoked()
    {
        _auth.Close();

        var created = await RunAsync("token", "create", "--name", "ci", "--role", "operator", "--scope", "team=a", "--expires", "90d");
        var rotated = await RunAsync("token", "rotate", "--name", "ci");
        var list = await RunAsync("token", "list");
        var revoked = await RunAsync("token", "revoke", "--name", "ci");
        var again = await RunAsync("token", "revoke", "--name", "ci");

        Assert.Equal((0, 0, 0, 0, 1), (created.Code, rotated.Code, list.Code, revoked.Code, again.Code));
        Assert.StartsWith("sgt_", created.Output);
        Assert.NotEqual(created.Output, rotated.Output);
        Assert.Matches(@"ci +operator +team=a +database +\S+ +\S+ +- +good", list.Output);
        Assert.Contains("revoked", again.Errors);
        Assert.False(File.Exists(_auth.AdminTokenFile));
        await _auth.RestartAsync();
        Assert.Null(_auth.Tokens.Find(created.Output.Trim()));
        Assert.NotNull(_auth.Tokens.Find(rotated.Output.Trim())!.Record.Revoked);
    }

    [Fact]
    public async Task Token_WithAService_HoldsThereAtOnceAndIsAudited()
    {
        await using var service = await ServeAsync();

        var created = await RunAsync("token", "create", "--name", "ci", "--role", "viewer");
        var token = created.Output.Trim();
        Assert.True(_auth.Tokens.Find(token)!.IsGood(_auth.Time.GetUtcNow()));
        var clash = await RunAsync("token", "create", "--name", "ci", "--role", "viewer");
        var revoked = await RunAsync("token", "revoke", "--name", "ci");

        Assert.Equal((0, 1, 0), (created.Code, clash.Code, revoked.Code));
        Assert.False(_auth.Tokens.Find(token)!.IsGood(_auth.Time.GetUtcNow()));
        Assert.Contains(_auth.Logs.Texts, text => text.Contains("token revoke --name ci", StringComparison.Ordinal) && text.Contains("done", StringComparison.Ordinal));
        Assert.Contains(_auth.Logs.Texts, text => text.Contains("taken", StringComparison.Ordinal));
        Assert.DoesNotContain(_auth.Logs.Texts, text => text.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Token_WithADirectoryOfALongName_ReachesTheService()
    {
        var deep = Path.Combine(_auth.Path, new string('d', 100), new string('e', 100));
        DataDirectory.CreatePrivate(deep);
        using var listening = ControlSocket.Listen(deep);
        using var connected = ControlSocket.TryConnect(deep);

        using var accepted = await listening.AcceptAsync(Timeout);

        Assert.True(connected!.Connected);
    }

    [Fact]
    public async Task Token_ASocketThatAKilledServiceLeft_IsNoService()
    {
        await _auth.RestartAsync();
        using (ControlSocket.Listen(_auth.Path))
        {
        }
        _auth.Close();

        Assert.Equal(0, (await RunAsync("token", "list")).Code);
    }

    [Fact]
    public async Task Token_WhileTheServiceStarts_IsCarriedOutThere()
    {
        await _auth.RestartAsync();
        var created = RunAsync("token", "create", "--name", "ci", "--role", "viewer");
        Assert.False(created.IsCompleted);

        await using var service = await ServeAsync(restart: false);

        Assert.Equal(0, (await created).Code);
        Assert.NotNull(_auth.Tokens.Find((await created).Output.Trim()));
    }

    [Fact]
    public async Task Token_ServiceEndsInTheMiddle_IsToldSo()
    {
        await _auth.RestartAsync();
        using var listening = ControlSocket.Listen(_auth.Path);
        var listed = RunAsync("token", "list");
        (await listening.AcceptAsync(Timeout)).Dispose();

        var ended = await Assert.ThrowsAsync<IOException>(() => listed);
        Assert.Contains("The service ended", ended.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json\n")]
    [InlineData("null\n")]
    [InlineData("[null]\n")]
    [InlineData("{}\n")]
    [InlineData("[\"token\"")]
    public async Task ControlSocket_Nonsense_IsNotAnsweredAndDoesNoHarm(string sent)
    {
        await using var service = await ServeAsync();
        using (var socket = ControlSocket.TryConnect(_auth.Path)!)
        {
            await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(sent), SocketFlags.None);
            socket.Shutdown(SocketShutdown.Send);
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1], SocketFlags.None));
        }

        Assert.Equal(0, (await RunAsync("token", "list")).Code);
    }

    [Fact]
    public async Task ControlSocket_ALineWithoutEnd_IsCutOff()
    {
        await using var service = await ServeAsync();
        using (var socket = ControlSocket.TryConnect(_auth.Path)!)
        {
            await socket.SendAsync(new byte[70_000], SocketFlags.None);
            // What was not read makes a reset of the end.
            await Assert.ThrowsAsync<SocketException>(async () =>
            {
                if (await socket.ReceiveAsync(new byte[1], SocketFlags.None) == 0)
                    throw new SocketException((int)SocketError.ConnectionReset);
            });
        }

        Assert.Equal(0, (await RunAsync("token", "list")).Code);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task ControlSocket_OfAService_IsItsOwnersAndGoesWithIt()
    {
        var file = Path.Combine(_auth.Path, ControlSocket.FileName);
        await using (await ServeAsync())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData("token", "create", "--name", "ci")]
    [InlineData("token", "create", "--name", "ci", "--role", "owner")]
    [InlineData("token", "create", "--name", "ci", "--role", "7")]
    [InlineData("token", "create", "--name", "ci", "--role", "2")]
    [InlineData("token", "create", "--name", "ci", "--role", "operator,admin")]
    [InlineData("token", "create", "--name", "ci", "--role", "viewer", "--scope", "nonsense")]
    [InlineData("token", "create", "--name", "ci", "--role", "viewer", "--scope", "")]
    [InlineData("token", "rotate", "--name", "admin", "--expires", "30d")]
    [InlineData("token", "create", "--name", "ci", "--role", "viewer", "--expires", "soon")]
    [InlineData("token", "create", "--name", "ci", "--role", "viewer", "--expires", "2020-01-01")]
    [InlineData("token", "create", "--name", "C I", "--role", "viewer")]
    [InlineData("token", "frobnicate")]
    [InlineData("token")]
    [InlineData("token", "revoke", "--name", "none")]
    public async Task Token_BadArguments_AreRefusedAndMakeNothing(params string[] arguments)
    {
        await _auth.RestartAsync();
        _auth.Close();

        var refused = await RunAsync(arguments);

        Assert.Equal(1, refused.Code);
        Assert.NotEqual("", refused.Errors);
        Assert.DoesNotContain("sgt_", refused.Output);
    }

    [Fact]
    public async Task Token_GivenForItsName_IsToldToNobody()
    {
        await using var service = await ServeAsync();
        var token = (await RunAsync("token", "create", "--name", "ci", "--role", "viewer")).Output.Trim();

        Assert.Equal(1, (await RunAsync("token", "revoke", "--name", token)).Code);

        Assert.Contains(_auth.Logs.Texts, text => text.Contains("token revoke --name sgt_…", StringComparison.Ordinal));
        Assert.DoesNotContain(_auth.Logs.Texts, text => text.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Arguments_ThatNameAFile_AreNotReadFromIt()
    {
        await _auth.RestartAsync();
        _auth.Close();
        var file = Path.Combine(_auth.Path, "admin.token");

        Assert.DoesNotContain((await File.ReadAllTextAsync(file)).Trim(), (await RunAsync("token", "revoke", "--name", $"@{file}")).Errors);
    }

    [Fact]
    public void Arguments_BeginWithNoCommand_StartNoService() =>
        Assert.Contains("\"tokens\"", Assert.Throws<ServersGrpc.Errors.ConfigurationException>(() => Startup.Arguments(["tokens", "list"])).Message);

    [Fact]
    public async Task Token_ADirectoryWithoutADatabase_IsRefusedAndStaysAsItIs()
    {
        using var other = new Engine.TemporaryDirectory();

        await Assert.ThrowsAsync<StoreOpenException>(() => RunAsync("token", "list", "--data-directory", other.Path));

        Assert.Empty(Directory.EnumerateFileSystemEntries(other.Path));
    }

    [Theory]
    [InlineData("/nonexistent/data")]
    [InlineData("")]
    public async Task Token_NoSuchDirectory_IsRefusedAndMakesNone(string directory)
    {
        var refused = await Assert.ThrowsAsync<StoreOpenException>(() => RunAsync("token", "list", "--data-directory", directory));

        Assert.Contains("--data-directory", refused.Message);
        Assert.False(Directory.Exists("/nonexistent"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Backup_RestoredElsewhere_HasWhatTheServiceHad(bool isServing)
    {
        using var other = new Engine.TemporaryDirectory();
        var (file, directory) = (other.File("backup"), other.File("data"));
        var service = isServing ? await ServeAsync() : null;
        if (!isServing)
            _auth.Close();
        var token = (await RunAsync("token", "create", "--name", "ci", "--role", "viewer")).Output.Trim();

        var made = await RunAsync("backup", file);
        var again = await RunAsync("backup", file);
        if (service is not null)
            await service.DisposeAsync();
        _auth.Close();
        var restored = await RunAsync("restore", file, "--data-directory", directory);
        var twice = await RunAsync("restore", file, "--data-directory", directory);

        Assert.Equal((0, 1, 0, 1), (made.Code, again.Code, restored.Code, twice.Code));
        Assert.Equal($"{file} is there already.", again.Errors.Trim());
        Assert.Contains($"Restored {file} to {directory}.", restored.Errors);
        Assert.Contains("servers.litedb is there. Move it away", twice.Errors);
        Assert.Equal("", made.Output + restored.Output);
        File.Copy(Path.Combine(_auth.Path, "encryption.key"), Path.Combine(directory, "encryption.key"));
        Assert.Contains("ci ", (await RunAsync("token", "list", "--data-directory", directory)).Output);
        Assert.NotEqual("", token);
    }

    [Fact]
    public async Task Restore_WhileAServiceRuns_IsRefused()
    {
        using var other = new Engine.TemporaryDirectory();
        await using var service = await ServeAsync();
        Assert.Equal(0, (await RunAsync("backup", other.File("backup"))).Code);

        var refused = await RunAsync("restore", other.File("backup"));

        Assert.Equal(1, refused.Code);
        Assert.Equal($"The service runs on the data directory {_auth.Path}. Stop it first, or name another directory.", refused.Errors.Trim());
        Assert.Contains(_auth.Logs.Texts, text => text.Contains("restore", StringComparison.Ordinal) && text.Contains("Stop it first", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restore_NoSuchBackup_IsRefusedAndMakesNoDirectory()
    {
        using var other = new Engine.TemporaryDirectory();

        var refused = await Assert.ThrowsAsync<StoreOpenException>(
            () => RunAsync("restore", other.File("none"), "--data-directory", other.File("data")));

        Assert.Equal($"There is no file {other.File("none")}.", refused.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(other.Path));
    }

    [Theory]
    [InlineData("backup")]
    [InlineData("backup", "")]
    [InlineData("backup", "/tmp")]
    [InlineData("backup", "/nonexistent/backup")]
    [InlineData("backup", "one", "two")]
    [InlineData("restore")]
    [InlineData("restore", "")]
    public async Task Backup_BadArguments_AreRefused(params string[] arguments)
    {
        await _auth.RestartAsync();
        _auth.Close();

        var refused = await RunAsync(arguments);

        Assert.Equal(1, refused.Code);
        Assert.NotEqual("", refused.Errors);
    }

    private async Task<Service> ServeAsync(bool restart = true)
    {
        if (restart)
            await _auth.RestartAsync();
        var server = _auth.Get<IEnumerable<Microsoft.Extensions.Hosting.IHostedService>>().OfType<ControlServer>().Single();
        await server.StartAsync(Timeout);
        return new(server);
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var (output, errors) = (Console.Out, Console.Error);
        using var outputText = new StringWriter();
        using var errorText = new StringWriter();
        Console.SetOut(outputText);
        Console.SetError(errorText);
        try
        {
            var code = await CommandRunner.RunAsync([.. arguments, $"--Servers:DataDirectory={_auth.Path}"]);
            return (code, outputText.ToString(), errorText.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
        }
    }

    private sealed class Service(ControlServer server) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await server.StopAsync(Timeout);
    }
}
