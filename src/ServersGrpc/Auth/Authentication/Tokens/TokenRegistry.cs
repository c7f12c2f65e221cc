using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using ServersGrpc.Engine.Access;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Errors;

namespace ServersGrpc.Auth.Authentication.Tokens;

/// <summary>All tokens, from wherever they are known. What changes here is on disk first, and holds from then on.</summary>
internal sealed partial class TokenRegistry(
    ITokenStore store, IServerStore servers, AdminToken adminToken, AccountFactory accounts, AuthOptions options, TimeProvider time) : IHostedService
{
    private readonly SemaphoreSlim _changing = new(1);
    private volatile FrozenDictionary<long, KnownToken> _tokens = FrozenDictionary<long, KnownToken>.Empty;

    /// <summary>All tokens, by name.</summary>
    public IEnumerable<KnownToken> All => _tokens.Values.OrderBy(token => token.Record.Name, StringComparer.Ordinal);

    /// <summary>Before anything listens.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => LoadAsync(makeAdmin: true, cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Reads the tokens, and if so asked makes an admin's where nobody is one.</summary>
    /// <exception cref="ConfigurationException">The configuration names a token that is another's.</exception>
    public async Task LoadAsync(bool makeAdmin, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        List<KnownToken> tokens =
        [
            .. (await store.ListTokensAsync(cancellationToken)).Select(record => Known(record, TokenSource.Database)),
            .. options.Tokens.Select(token => Known(Configured(token.Key, token.Value), TokenSource.Configuration)),
        ];
        var hash = adminToken.Read();
        if (makeAdmin && hash is null && !tokens.Any(token => token.Record.Role == Role.Admin && token.Record.Scope.IsEverything && token.IsGood(now)))
            hash = SecretToken.Hash(adminToken.Make());
        if (hash is not null)
            tokens.Add(Known(OfFile(hash, now), TokenSource.File));
        if (Clashes(tokens) is { Count: > 0 } clashes)
            throw new ConfigurationException(clashes);
        Publish(tokens);
    }

    /// <summary>
    /// The token as it is known; null where it is not. It is looked up by its hash: how long that takes may tell something of the hash,
    /// but nothing of the token that it is made from.
    /// </summary>
    public KnownToken? Find(ReadOnlySpan<char> token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SecretToken.Hash(token, hash);
        return _tokens.TryGetValue(Key(hash), out var known) && CryptographicOperations.FixedTimeEquals(hash, known.Record.Hash.Span) ? known : null;
    }

    /// <summary>Makes a token and returns it: it can't be had again.</summary>
    /// <exception cref="TokenException">The name can't be had.</exception>
    public Task<string> CreateAsync(string name, Role role, Scope scope, DateTimeOffset? expires, CancellationToken cancellationToken) =>
        ChangeAsync(async () =>
        {
            if (!Name().IsMatch(name))
                throw new TokenException($"\"{name}\" is no name for a token: 1 to 63 of [a-z0-9._-], beginning and ending with [a-z0-9].");
            // Its servers, and its past in events, would be the new one's.
            if (name is AdminToken.Name or "lifecycle" || Named(name) is not null)
                throw new TokenException($"The name \"{name}\" is taken; names of revoked tokens are not given again.");
            // A token of the configuration that is not there any more, for one.
            if ((await servers.ListAsync(ServerQuery.Everything, null, int.MaxValue, cancellationToken)).Any(server => server.Owner == name))
                throw new TokenException($"There are servers of an earlier caller \"{name}\", which would be the new one's. Call it otherwise.");
            var token = SecretToken.Generate();
            var record = new TokenRecord
            {
                Name = name,
                Role = role,
                Scope = scope,
                Hash = SecretToken.Hash(token),
                Created = time.GetUtcNow(),
                Expires = expires,
            };
            await store.SaveTokenAsync(record, cancellationToken);
            Publish([.. _tokens.Values, Known(record, TokenSource.Database)]);
            return token;
        }, cancellationToken);

    /// <summary>Puts another token in the place of one, which lets nobody in any more. Returns the new one.</summary>
    /// <exception cref="TokenException">There is no such token, or it is not made here.</exception>
    public Task<string> RotateAsync(string name, DateTimeOffset? expires, CancellationToken cancellationToken) =>
        ChangeAsync(async () =>
        {
            var known = Changeable(name);
            if (known.Source == TokenSource.File)
            {
                if (expires is not null)
                    throw new TokenException($"The token of {AdminToken.FileName} has no end. Make one that has: token create --role admin --expires.");
                var made = adminToken.Make();
                Replace(known, Known(OfFile(SecretToken.Hash(made), time.GetUtcNow()), TokenSource.File));
                return made;
            }
            var token = SecretToken.Generate();
            var record = known.Record with { Hash = SecretToken.Hash(token), Expires = expires ?? known.Record.Expires, Used = known.Used };
            if (record.Expires <= time.GetUtcNow())
                throw new TokenException($"The token \"{name}\" has expired: say until when the new one is good.");
            await store.SaveTokenAsync(record, cancellationToken);
            Replace(known, Known(record, TokenSource.Database));
            return token;
        }, cancellationToken);

    /// <summary>Ends a token, and what it opened.</summary>
    /// <exception cref="TokenException">There is no such token, or it is not made here.</exception>
    public Task RevokeAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(async () =>
        {
            var known = Changeable(name);
            var record = known.Record with { Revoked = time.GetUtcNow(), Used = known.Used };
            if (known.Source == TokenSource.File)
                adminToken.Remove();
            else
                await store.SaveTokenAsync(record, cancellationToken);
            Replace(known, Known(record, known.Source));
            return "";
        }, cancellationToken);

    private async Task<string> ChangeAsync(Func<Task<string>> change, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return await change();
        }
        finally
        {
            _changing.Release();
        }
    }

    private KnownToken Changeable(string name)
    {
        var known = Named(name) ?? throw new TokenException($"There is no token \"{name}\".");
        if (known.Source == TokenSource.Configuration)
            throw new TokenException($"The token \"{name}\" is the configuration's (Servers:Auth:Tokens:{name}): change it there.");
        return known.Record.Revoked is null ? known : throw new TokenException($"The token \"{name}\" is revoked.");
    }

    private KnownToken? Named(string name) => _tokens.Values.FirstOrDefault(token => token.Record.Name == name);

    private void Replace(KnownToken before, KnownToken after)
    {
        Publish([.. _tokens.Values.Where(token => token != before), after]);
        before.Account.End();
    }

    private void Publish(IEnumerable<KnownToken> tokens) => _tokens = tokens.ToFrozenDictionary(token => Key(token.Record.Hash.Span));

    private KnownToken Known(TokenRecord record, TokenSource source) =>
        new(record, source, accounts.Create(record.Name, record.Role, record.Scope, record.Expires));

    private static TokenRecord Configured(string name, ConfiguredToken token) => new()
    {
        Name = name,
        Role = token.Role!.Value,
        Scope = token.ParsedScope,
        Hash = Convert.FromHexString(token.Hash),
        Created = default,
        Expires = token.Expires,
    };

    private static TokenRecord OfFile(byte[] hash, DateTimeOffset now) =>
        new() { Name = AdminToken.Name, Role = Role.Admin, Hash = hash, Created = now };

    private static List<string> Clashes(IReadOnlyCollection<KnownToken> tokens) =>
    [
        .. tokens.Where(token => token.Source == TokenSource.Configuration && (!Name().IsMatch(token.Record.Name) || token.Record.Name is AdminToken.Name or "lifecycle"))
            .Select(token => $"Servers:Auth:Tokens:{token.Record.Name}: a token's name is 1 to 63 of [a-z0-9._-], beginning and ending with [a-z0-9], and neither admin nor lifecycle."),
        .. tokens.GroupBy(token => token.Record.Name).Where(same => same.Count() > 1)
            .Select(same => $"Servers:Auth:Tokens:{same.Key}: a token of this name was made by a command. Call this one otherwise."),
        .. tokens.GroupBy(token => Key(token.Record.Hash.Span)).Where(same => same.Count() > 1)
            .Select(same => $"Servers:Auth:Tokens: {string.Join(" and ", same.Select(token => token.Record.Name))} are the same token."),
    ];

    private static long Key(ReadOnlySpan<byte> hash) => MemoryMarshal.Read<long>(hash);

    [GeneratedRegex(@"\A[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Name();
}
