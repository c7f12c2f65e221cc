namespace ServersGrpc.Engine.Storage;

/// <summary>Remembers the tokens that callers identify themselves by: never the tokens, only their hashes.</summary>
public interface ITokenStore
{
    /// <summary>All tokens that ever were, by name.</summary>
    Task<IReadOnlyList<TokenRecord>> ListTokensAsync(CancellationToken cancellationToken);

    /// <summary>Adds a token, or writes over the one of its name.</summary>
    Task SaveTokenAsync(TokenRecord token, CancellationToken cancellationToken);

    /// <summary>Notes when tokens were last used.</summary>
    Task SaveTokenUseAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken cancellationToken);
}
