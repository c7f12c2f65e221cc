using System.ComponentModel.DataAnnotations;

namespace ServersGrpc.Listening.Cors;

/// <summary>Which web pages may call the service from a browser.</summary>
internal sealed class CrossOriginOptions : IValidatableObject
{
    /// <summary>Stands for every origin.</summary>
    public const string Any = "*";

    /// <summary>
    /// The origins of pages that may call, each as a browser sends it, such as "https://app.example:8443", or "*" alone for every one.
    /// Default: none, and no CORS header is ever sent.
    /// </summary>
    public IReadOnlyList<string> Origins { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Origins is [Any])
            yield break;
        foreach (var origin in Origins)
            if (Problem(origin) is { } problem)
                yield return new($"Origins holds \"{origin}\", {problem}");
    }

    /// <summary>Origins are compared letter by letter: one that is merely alike would never match, and nobody would be told.</summary>
    private static string? Problem(string origin)
    {
        if (origin == Any)
            return "which must stand alone.";
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.IdnHost.Length == 0)
            return "which is no origin. Write scheme://host or scheme://host:port, or * alone.";
        // IdnHost leaves out the brackets of an IPv6 address.
        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        var sent = $"{uri.Scheme}://{host}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}";
        return origin == sent ? null : $"which no browser sends. It would be {sent}.";
    }
}
