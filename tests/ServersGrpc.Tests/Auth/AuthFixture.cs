using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServersGrpc.Auth;
using ServersGrpc.Auth.Authentication.Tokens;
using ServersGrpc.Commands;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests.Auth;

/// <summary>The real check of who calls, on a data directory and a clock of its own, that can be ended and begun again.</summary>
internal sealed class AuthFixture : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private ServiceProvider _services;

    public AuthFixture(AuthOptions? options = null)
    {
        Options = options ?? new();
        _services = Build();
    }

    public static CancellationToken Timeout => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    public AuthOptions Options { get; }

    public ManualTime Time { get; } = new();

    public RecordedLogs Logs { get; } = new();

    public string Path => _directory.Path;

    public string AdminTokenFile => _directory.File(AdminToken.FileName);

    public TokenRegistry Tokens => Get<TokenRegistry>();

    public IServiceProvider Services => _services;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task RestartAsync(bool makeAdmin = true)
    {
        Close();
        _services = Build();
        await Tokens.LoadAsync(makeAdmin, Timeout);
    }

    /// <summary>Ends it, so that another may use the directory.</summary>
    public void Close() => _services.Dispose();

    public static string HashOf(string token) => Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)));

    public void Dispose()
    {
        Close();
        _directory.Dispose();
    }

    private ServiceProvider Build() => new ServiceCollection()
        .AddLogging(logging => logging.AddProvider(Logs))
        .AddMetrics()
        .AddSingleton<TimeProvider>(Time)
        .AddSingleton(_ => DataDirectory.Open(_directory.Path))
        .AddLiteDbStore(new(), installationId: "")
        .AddAuth(Options)
        .AddCommands()
        .BuildServiceProvider();
}
