using System.Collections.Frozen;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Authorization;
using ServersGrpc.Engine.Access;

namespace ServersGrpc.Auth;

/// <summary>
/// The least role that each method and path asks for, on all faces. What is not listed nobody may call: whoever adds a method has to say
/// here whose it is.
/// </summary>
internal static class MethodRoles
{
    private const string Servers = "/servers.v1.ServerService/";

    // Where nothing else is.
    private const string Fallback = "/{**path}";

    /// <summary>Methods by their full names. No role: open to everyone.</summary>
    public static readonly FrozenDictionary<string, Role?> OfMethods = new Dictionary<string, Role?>
    {
        [Servers + "GetServer"] = Role.Viewer,
        [Servers + "ListServers"] = Role.Viewer,
        [Servers + "WatchServers"] = Role.Viewer,
        [Servers + "ListServerEvents"] = Role.Viewer,
        [Servers + "ProvisionServer"] = Role.Operator,
        [Servers + "TerminateServer"] = Role.Operator,
        [Servers + "RotateServerCredentials"] = Role.Operator,
        ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"] = Role.Viewer,
        ["/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"] = Role.Viewer,
        // Probes have no token.
        ["/grpc.health.v1.Health/Check"] = null,
        ["/grpc.health.v1.Health/Watch"] = null,
    }.ToFrozenDictionary();

    /// <summary>
    /// The other paths, for callers of the whole fleet only: what they tell and do is not of one scope. Those that are open say so themselves,
    /// or are open whatever the method, so that a wrong one is told so.
    /// </summary>
    public static readonly FrozenDictionary<string, Role?> OfPaths = new Dictionary<string, Role?>
    {
        ["/healthz"] = null,
        ["/version"] = null,
        ["/varz"] = Role.Viewer,
        ["/metrics"] = Role.Viewer,
        ["/api/pause"] = Role.Admin,
        ["/api/resume"] = Role.Admin,
    }.ToFrozenDictionary();

    /// <summary>Whether everyone may make the request.</summary>
    public static bool IsOpen(HttpContext http)
    {
        if (http.GetEndpoint()?.Metadata is { } metadata)
        {
            if (metadata.GetMetadata<GrpcMethodMetadata>() is { } method)
                return OfMethods.TryGetValue(method.Method.FullName, out var role) && role is null;
            if (metadata.GetMetadata<IAllowAnonymous>() is not null)
                return true;
        }
        // Also by the endpoint's own path: routing takes other letters, and a slash at the end, for the same.
        return IsOpenPath(http.Request.Path.Value) || IsOpenPath((http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);
    }

    private static bool IsOpenPath(string? path) => path is not null && OfPaths.TryGetValue(path, out var least) && least is null;

    /// <summary>Whether the caller may make a request that is no call of a method; those are looked at once they are read.</summary>
    public static bool Admits(Caller caller, HttpContext http)
    {
        // What has no endpoint, or one that only says what is wrong, is answered with an error in any case.
        var endpoint = http.GetEndpoint();
        if (endpoint is null || endpoint.Metadata.Count == 0 || endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is not null)
            return true;
        var path = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "";
        return path == Fallback || (OfPaths.TryGetValue(path, out var least) && caller.Role >= least && caller.Scope.IsEverything);
    }
}
