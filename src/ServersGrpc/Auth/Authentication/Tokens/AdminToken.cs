using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Auth.Authentication.Tokens;

/// <summary>The file of the token of first start, which only its owner reads. Only its hash stays in memory.</summary>
internal sealed class AdminToken(DataDirectory directory, ILogger<AdminToken> logger)
{
    public const string FileName = "admin.token";

    /// <summary>Who the bearer is in events.</summary>
    public const string Name = "admin";

    private const int MinLength = 16;

    private readonly string _file = directory.File(FileName);

    /// <summary>The token's hash; null where there is no file.</summary>
    /// <exception cref="StoreOpenException">The file can't be read, or holds no usable token.</exception>
    public byte[]? Read()
    {
        try
        {
            if (!File.Exists(_file))
                return null;
            var token = File.ReadAllText(_file).Trim();
            return token.Length >= MinLength
                ? SecretToken.Hash(token)
                : throw new StoreOpenException($"{_file} holds a token of fewer than {MinLength} characters. Remove the file to have one made.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The admin token {_file} can't be read: {e.Message}", e);
        }
    }

    /// <summary>Makes a new token in the file's place and returns it.</summary>
    /// <exception cref="StoreOpenException">The file can't be written.</exception>
    public string Make()
    {
        var token = SecretToken.Generate();
        try
        {
            directory.WritePrivate(FileName, token + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The admin token {_file} can't be made: {e.Message}", e);
        }
        AuthLog.TokenMade(logger, _file);
        return token;
    }

    /// <summary>Takes the file away: the token in it lets nobody in any more, at the next start neither.</summary>
    public void Remove() => directory.Remove(FileName);
}
