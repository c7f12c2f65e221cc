using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using ServersGrpc.Engine.Providers.UserData;

namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>What the sections of all clouds have. A cloud without a section is off.</summary>
public abstract class CloudOptions : ProviderOptions
{
    /// <summary>The API token. Exactly one of this and <see cref="TokenFile"/> is needed.</summary>
    public string Token { get; set; } = "";

    /// <summary>
    /// A file with the API token and nothing else but white space around it. Read again for every call, so that a token can be changed while
    /// the service runs.
    /// </summary>
    public string TokenFile { get; set; } = "";

    /// <summary>Where the API is, with its version: an absolute URL, https, or http where it is this machine. Default: the cloud's own.</summary>
    public abstract string Endpoint { get; set; }

    /// <summary>
    /// A template of what machines run at first boot, where a request brings none; see <see cref="UserDataTemplate"/>. Read at start. Default:
    /// cloud-init that installs Docker and makes it listen on port 2376 with the server's certificates.
    /// </summary>
    public string UserDataFile { get; set; } = "";

    /// <summary>Whether servers are reached at their address of a private network rather than at their public one. Default: false.</summary>
    public bool PrivateAddress { get; set; }

    /// <summary>The gigabytes of a volume that is made, attached and removed with each server, 0 to 10,240; 0: none. Default: 0.</summary>
    [Range(0, 10_240)]
    public int VolumeSize { get; set; }

    /// <summary>Operating system and architecture of the machines. Default: linux/amd64.</summary>
    [RegularExpression("[a-z]+/[a-z0-9]+", ErrorMessage = "Platform must be like linux/amd64.")]
    public string Platform { get; set; } = "linux/amd64";

    /// <summary>How long one call of the API may take, 1 second to 2 minutes. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long after a create a machine may be missing from the cloud's listings, 0 to 1 hour. An absence that soon is not believed. Three
    /// times the longest delay: see <see cref="IServerProvider.ConsistencyWindow"/>. Default: the cloud's own.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public abstract TimeSpan ConsistencyWindow { get; set; }

    /// <summary>The most bytes that the cloud takes as user data.</summary>
    internal abstract int MaxUserDataBytes { get; }

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Enabled ? [.. base.Validate(validationContext), .. CheckToken(), .. CheckEndpoint(), .. CheckUserData()] : [];

    private protected static ValidationResult? CheckId(string option, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0
            ? null
            : new($"{option} has \"{text}\", which is not an id: the cloud takes numbers here, not names.");

    private IEnumerable<ValidationResult> CheckToken()
    {
        if (Token.Length > 0 == TokenFile.Length > 0)
            yield return new("exactly one of Token and TokenFile is needed.");
        else if (Token.Length > 0 && !CloudToken.IsWellFormed(Token))
            yield return new("Token has characters that no token has.");
        else if (TokenFile.Length > 0 && CloudToken.WhyUnreadable(TokenFile) is { } why)
            yield return new($"TokenFile {why}.");
    }

    private IEnumerable<ValidationResult> CheckEndpoint()
    {
        if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("https" or "http"))
            yield return new($"Endpoint is \"{Endpoint}\", which is no absolute URL with https.");
        else if (endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0 || endpoint.UserInfo.Length > 0)
            yield return new("Endpoint must have neither user, query nor fragment.");
        else if (endpoint.Scheme == "http" && !endpoint.IsLoopback)
            yield return new($"Endpoint is \"{Endpoint}\": the token would cross the network in clear text. Use https.");
    }

    private IEnumerable<ValidationResult> CheckUserData()
    {
        if (UserDataFile.Length == 0)
            yield break;
        string? problem = null;
        try
        {
            var bytes = Encoding.UTF8.GetByteCount(UserDataTemplate.Parse(File.ReadAllText(UserDataFile)).Render(UserDataValues.Sample));
            if (bytes > MaxUserDataBytes)
                problem = $"is {bytes} bytes with its variables filled in, which are more than the cloud's {MaxUserDataBytes}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problem = $"can't be read: {e.Message.TrimEnd('.')}";
        }
        catch (FormatException e)
        {
            problem = $"is no template: {e.Message.TrimEnd('.')}";
        }
        if (problem is not null)
            yield return new($"UserDataFile {UserDataFile} {problem}.");
    }
}
