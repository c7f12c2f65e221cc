namespace ServersGrpc.Auth.Audit;

internal static class CallerAddressExtensions
{
    /// <summary>Where the request came from, as people write it; "" where that is not known.</summary>
    public static string CallerAddress(this HttpContext http) =>
        http.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : "";
}
