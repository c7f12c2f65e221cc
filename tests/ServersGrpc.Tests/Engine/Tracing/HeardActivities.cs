using System.Collections.Concurrent;
using System.Diagnostics;
using ServersGrpc.Engine.Tracing;

namespace ServersGrpc.Tests.Engine.Tracing;

/// <summary>Hears every activity of the engine, of other tests too, and plays the requests that cause them.</summary>
internal sealed class HeardActivities : IDisposable
{
    private readonly ActivitySource _requests = new("ServersGrpc.Tests.Requests");
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public HeardActivities()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == EngineActivities.SourceName || source == _requests,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IEnumerable<Activity> Ended => _ended;

    public IEnumerable<Activity> StepsOf(string uid) => Ended.Where(activity => (string?)activity.GetTagItem("servers.server.uid") == uid);

    public IEnumerable<Activity> ChildrenOf(Activity parent) =>
        Ended.Where(activity => activity.TraceId == parent.TraceId && activity.ParentSpanId == parent.SpanId);

    public Activity Request() => _requests.StartActivity("request", ActivityKind.Server)!;

    public void Dispose()
    {
        _listener.Dispose();
        _requests.Dispose();
    }
}
