using System.Net;

namespace ServersGrpc.Engine.Providers.DigitalOcean;

/// <summary>
/// What to do about each error that the API documents. Its ids say little more than the HTTP status, so of a request that "can't be
/// processed" only the message tells what is scarce, busy or wrong.
/// </summary>
internal static class DigitalOceanFaults
{
    // As the API words them; a wording that is not known here is a request that can never succeed.
    private static readonly string[] Scarce =
    [
        "droplet limit", "volume limit", "exceed your", "limit exceeded", "limit reached", "reached your", "quota",
        "not available in this region", "region is not available", "size is not available", "currently unavailable",
        "is unavailable", "out of capacity", "insufficient capacity", "no capacity", "sold out", "temporarily disabled",
    ];

    private static readonly string[] Busy =
    [
        "pending event", "in progress", "is locked", "currently being", "try again", "still attached", "is attached", "attached volume",
    ];

    public static ProviderFault Sort(string id, string message, HttpStatusCode status) => (id, status) switch
    {
        ("not_found", HttpStatusCode.NotFound) => ProviderFault.NotFound,
        // Whoever says so in other words is not the API itself.
        (_, HttpStatusCode.NotFound) => ProviderFault.Transient,
        (_, HttpStatusCode.Unauthorized) => ProviderFault.Rejected,
        (_, HttpStatusCode.Forbidden) => Says(message, Scarce) ? ProviderFault.CapacityUnavailable : ProviderFault.Rejected,
        (_, HttpStatusCode.Conflict or HttpStatusCode.Locked or HttpStatusCode.PreconditionFailed) => ProviderFault.Transient,
        (_, HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout) => ProviderFault.Transient,
        (_, >= HttpStatusCode.InternalServerError) => ProviderFault.Transient,
        _ => SortByMessage(message),
    };

    private static ProviderFault SortByMessage(string message) =>
        Says(message, Busy) ? ProviderFault.Transient
        : Says(message, Scarce) ? ProviderFault.CapacityUnavailable
        : ProviderFault.Rejected;

    private static bool Says(string message, string[] wordings) =>
        wordings.Any(wording => message.Contains(wording, StringComparison.OrdinalIgnoreCase));
}
