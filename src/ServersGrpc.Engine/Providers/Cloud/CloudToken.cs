namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>The token of an API, from the settings or from a file that may change at any time.</summary>
internal sealed class CloudToken(CloudOptions options)
{
    // A token is at most some hundred characters; what is longer is some other file.
    private const int MaxLength = 8 * 1024;

    /// <exception cref="ProviderException">The file can't be used now.</exception>
    public string Read()
    {
        if (options.TokenFile.Length == 0)
            return options.Token;
        // Whoever replaces the file may be in the middle of it.
        return WhyUnreadable(options.TokenFile, out var token) is { } why
            ? throw new ProviderException(ProviderFault.Transient, $"The token file {why}.")
            : token;
    }

    /// <summary>Why the file holds no token, or null where it does.</summary>
    public static string? WhyUnreadable(string path) => WhyUnreadable(path, out _);

    /// <summary>Whether it can be sent in a header.</summary>
    public static bool IsWellFormed(string token) => token.Length is > 0 and <= MaxLength && token.All(c => c is > ' ' and <= '~');

    private static string? WhyUnreadable(string path, out string token)
    {
        token = "";
        try
        {
            token = File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"{path} can't be read: {e.Message.TrimEnd('.')}";
        }
        if (token.Length == 0)
            return $"{path} is empty";
        return IsWellFormed(token) ? null : $"{path} has characters that no token has";
    }
}
