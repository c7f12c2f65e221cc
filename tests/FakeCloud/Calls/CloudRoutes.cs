namespace ServersGrpc.FakeCloud.Calls;

/// <summary>Maps the paths of one cloud, each with the name that rules, gates and the log know it by.</summary>
internal sealed class CloudRoutes(WebApplication app, ICloud cloud, string prefix)
{
    private readonly CallPipeline _pipeline = app.Services.GetRequiredService<CallPipeline>();

    public void Map(string method, string path, string route, Func<CloudCall, CloudReply> handle, CallKind kind = CallKind.Other) =>
        app.MapMethods(prefix + path, [method], http => _pipeline.RunAsync(http, cloud, route, kind, handle));

    /// <summary>All that is not mapped is not there.</summary>
    public void MapRest() => app.Map(prefix + "/{**rest}", http =>
        _pipeline.RunAsync(http, cloud, "unknown", CallKind.Other, _ => throw cloud.NotFound));
}
