using ServersGrpc.FakeCloud.Calls;
using ServersGrpc.FakeCloud.Client;

namespace ServersGrpc.FakeCloud.Faults;

/// <summary>What rules and gates can know of a call before it is done.</summary>
internal sealed record CallDescription(
    string Cloud, string Route, CallKind Kind, string Method, string? Region, string? Size, long? Machine)
{
    public bool Fits(CallMatch match) =>
        (match.Cloud is null || match.Cloud == Cloud)
        && (match.Route is null || FitsRoute(match.Route))
        && (match.Method is null || string.Equals(match.Method, Method, StringComparison.OrdinalIgnoreCase))
        && (match.Region is null || match.Region == Region)
        && (match.Size is null || match.Size == Size)
        && (match.Machine is null || match.Machine == Machine);

    private bool FitsRoute(string route) =>
        route.EndsWith('*') ? Route.StartsWith(route[..^1], StringComparison.Ordinal) : route == Route;
}
