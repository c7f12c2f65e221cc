using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>Sorts what an engine, or the way to it, answers into the kinds of failure.</summary>
internal static class DockerFaults
{
    private const int LongestMessage = 500;

    // The engine has no code for what it is out of: a status of 500, and these words of the kernel's, its own or a registry's.
    private static readonly string[] OutOfStock =
    [
        "no space left on device",
        "disk quota exceeded",
        "cannot allocate memory",
        "insufficient memory",
        "port is already allocated",
        "address already in use",
        "no available ip",
        "could not find an available",
        "pool overlaps",
        "too many open files",
        "toomanyrequests",
    ];

    // What registries say of an image that can't be had, whatever status the engine makes of it.
    private static readonly string[] NoImage =
    [
        "manifest unknown",
        "not found",
        "pull access denied",
        "unauthorized",
        "authentication required",
        "no basic auth credentials",
        "denied:",
        "no matching manifest",
        "invalid reference format",
    ];

    /// <summary>Of an answer of the engine.</summary>
    public static ProviderException Answered(HttpStatusCode status, string message, TimeSpan? retryAfter)
    {
        var fault = status switch
        {
            _ when Says(message, OutOfStock) => ProviderFault.CapacityUnavailable,
            HttpStatusCode.NotFound when Says(message, "no such container") => ProviderFault.NotFound,
            // Another change of the same container is under way.
            HttpStatusCode.Conflict or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => ProviderFault.Transient,
            >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => ProviderFault.Rejected,
            _ => ProviderFault.Transient,
        };
        return new(fault, Shown($"the Docker engine answered HTTP {(int)status}: {message}"), retryAfter);
    }

    /// <summary>Of an image that could not be pulled.</summary>
    public static ProviderException NotPulled(string image, string message)
    {
        var fault = Says(message, OutOfStock) ? ProviderFault.CapacityUnavailable
            : Says(message, NoImage) ? ProviderFault.Rejected
            : ProviderFault.Transient;
        return new(fault, Shown($"the image {image} can't be pulled: {message}"));
    }

    /// <summary>Of a request without an answer; null where it is none of the network's failures.</summary>
    public static ProviderException? NotAnswered(string endpoint, Exception exception) => exception switch
    {
        HttpRequestException or IOException or AuthenticationException => Unreachable(endpoint, exception),
        _ => null,
    };

    private static ProviderException Unreachable(string endpoint, Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                // Neither certificates nor permissions change by waiting.
                case var tls when tls is AuthenticationException || IsTlsAlert(tls.Message):
                    return new(ProviderFault.Rejected, Shown($"the Docker engine at {endpoint}: TLS: {tls.GetBaseException().Message}"), inner: exception);
                case SocketException { SocketErrorCode: SocketError.AccessDenied }:
                    return new(ProviderFault.Rejected, $"the Docker engine at {endpoint}: permission denied", inner: exception);
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return new(ProviderFault.Transient, $"the Docker engine at {endpoint}: connection refused", inner: exception);
                case SocketException socket:
                    return new(ProviderFault.Transient, Shown($"the Docker engine at {endpoint}: {socket.Message}"), inner: exception);
            }
        }
        return new(ProviderFault.Transient, Shown($"the Docker engine at {endpoint}: {exception.Message}"), inner: exception);
    }

    // A client may hear only when it reads the answer that its certificate was refused.
    private static bool IsTlsAlert(string message) => message.Contains("alert", StringComparison.Ordinal);

    private static bool Says(string message, params IEnumerable<string> words) =>
        words.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string Shown(string message)
    {
        var line = string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return line.Length <= LongestMessage ? line : string.Concat(line.AsSpan(0, LongestMessage), "…");
    }
}
