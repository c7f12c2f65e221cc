namespace ServersGrpc.Auth.Authentication.Tokens;

/// <summary>Where a token is known from.</summary>
internal enum TokenSource
{
    /// <summary>Made by a command, remembered by the database.</summary>
    Database,

    /// <summary>Named by the configuration.</summary>
    Configuration,

    /// <summary>The file of first start.</summary>
    File,
}
