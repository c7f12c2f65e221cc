using System.CommandLine;
using System.Globalization;
using ServersGrpc.Auth.Authentication.Tokens;
using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Engine.Storage.Encryption;
using ServersGrpc.LiteDb;

namespace ServersGrpc.Commands;

/// <summary>Carries out commands. What was asked for goes to the output, all words about it to the errors, so that a script has the one without the other.</summary>
internal sealed class Orders(TokenRegistry tokens, IKeyStore keys, IStoreBackup backup, TimeProvider time)
{
    private const int Done = 0;
    private const int Failed = 1;

    public Task<int> CreateTokenAsync(
        InvocationConfiguration console, string name, Role role, Scope scope, Expiry? expires, CancellationToken cancellationToken) =>
        TryAsync(console, async () =>
        {
            var token = await tokens.CreateAsync(name, role, scope, End(expires), cancellationToken);
            console.Error.WriteLine($"The token of {name} is shown this once.");
            console.Output.WriteLine(token);
        });

    public Task<int> RotateTokenAsync(InvocationConfiguration console, string name, Expiry? expires, CancellationToken cancellationToken) =>
        TryAsync(console, async () =>
        {
            var token = await tokens.RotateAsync(name, End(expires), cancellationToken);
            console.Error.WriteLine($"The new token of {name} is shown this once. The old one lets nobody in any more.");
            console.Output.WriteLine(token);
        });

    public Task<int> RevokeTokenAsync(InvocationConfiguration console, string name, CancellationToken cancellationToken) =>
        TryAsync(console, async () =>
        {
            await tokens.RevokeAsync(name, cancellationToken);
            console.Error.WriteLine($"The token of {name} is revoked.");
        });

    public Task<int> RotateKeyAsync(InvocationConfiguration console, CancellationToken cancellationToken) =>
        TryAsync(console, async () =>
        {
            var servers = await keys.RotateKeyAsync(cancellationToken);
            console.Error.WriteLine($"The secrets of {servers} servers were encrypted anew; all are under the first key now.");
        });

    public Task<int> BackUpAsync(InvocationConfiguration console, string file, CancellationToken cancellationToken) =>
        TryAsync(console, async () =>
        {
            await backup.BackUpAsync(file, cancellationToken);
            console.Error.WriteLine($"Backed up to {file}. It is of use only with the key that secrets are encrypted under; keep that apart from it.");
        });

    /// <summary>Restores a backup. Not carried out by a service, which would hold the directory.</summary>
    public static Task<int> RestoreAsync(
        InvocationConfiguration console, string file, Func<DataDirectory> directory, CancellationToken cancellationToken) =>
        TryAsync(console, () =>
        {
            var empty = directory();
            LiteRestore.Run(file, empty, cancellationToken);
            console.Error.WriteLine($"Restored {file} to {empty.Path}. Give the service the key that it was made under, then start it.");
            return Task.CompletedTask;
        });

    public int ListTokens(InvocationConfiguration console)
    {
        var now = time.GetUtcNow();
        List<string[]> rows = [["NAME", "ROLE", "SCOPE", "KNOWN FROM", "CREATED", "EXPIRES", "LAST USED", "STATE"]];
        rows.AddRange(tokens.All.Select(token => Row(token, now)));
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToList();
        foreach (var row in rows)
            console.Output.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        return Done;
    }

    private static string[] Row(KnownToken token, DateTimeOffset now)
    {
        var record = token.Record;
        return
        [
            record.Name, record.Role.ToString().ToLowerInvariant(), record.Scope.IsEverything ? "all" : record.Scope.ToString(),
            token.Source.ToString().ToLowerInvariant(), Shown(token.Source == TokenSource.Database ? record.Created : null), Shown(record.Expires), Shown(token.Used),
            record.Revoked is not null ? "revoked" : token.IsGood(now) ? "good" : "expired",
        ];
    }

    private static string Shown(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "-";

    private DateTimeOffset? End(Expiry? expires) => expires?.From(time.GetUtcNow()) switch
    {
        { } end when end <= time.GetUtcNow() => throw new TokenException($"{Shown(end)} is past."),
        var end => end,
    };

    private static async Task<int> TryAsync(InvocationConfiguration console, Func<Task> order)
    {
        try
        {
            await order();
            return Done;
        }
        catch (Exception e) when (e is TokenException or EncryptionException or StoreUnavailableException or StoreOpenException or IOException or UnauthorizedAccessException)
        {
            console.Error.WriteLine(e.Message);
            return Failed;
        }
    }
}
