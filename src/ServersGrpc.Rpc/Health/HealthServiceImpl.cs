using System.Threading.Channels;
using Grpc.Core;
using Grpc.Health.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Grpc.HealthCheck;

/// <summary>Answers health probes with what the application has said.</summary>
public class HealthServiceImpl : Health.V1.Health.HealthBase
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ServingStatus> _statuses = new(StringComparer.Ordinal);
    private readonly HashSet<Watcher> _watchers = [];
    private bool _isStopping;

    /// <summary>Says how a service is. Once the application stops, everything stays NOT_SERVING.</summary>
    /// <param name="service">The service's full name; "" for the server as a whole.</param>
    /// <param name="status">How it is.</param>
    public void SetStatus(string service, ServingStatus status)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            _statuses[service] = _isStopping ? ServingStatus.NotServing : status;
            Tell(service);
        }
    }

    /// <summary>Forgets a service.</summary>
    public void ClearStatus(string service)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (_lock)
        {
            _statuses.Remove(service);
            Tell(service);
        }
    }

    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        ServingStatus status;
        lock (_lock)
        {
            if (!_statuses.TryGetValue(request.Service, out status))
                throw new RpcException(new Status(StatusCode.NotFound, $"Unknown service \"{request.Service}\"."));
        }

        return Task.FromResult(new HealthCheckResponse { Status = status });
    }

    public override async Task Watch(
        HealthCheckRequest request,
        IServerStreamWriter<HealthCheckResponse> responseStream,
        ServerCallContext context)
    {
        var watcher = new Watcher(request.Service);
        lock (_lock)
        {
            _watchers.Add(watcher);
            watcher.Changes.Writer.TryWrite(StatusOf(request.Service));
        }

        try
        {
            ServingStatus? told = null;
            await foreach (var status in watcher.Changes.Reader.ReadAllAsync(context.CancellationToken))
            {
                if (status == told)
                    continue;
                await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, context.CancellationToken);
                told = status;
            }
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(watcher);
        }
    }

    /// <summary>Sends new calls elsewhere, for good.</summary>
    internal void Stop()
    {
        lock (_lock)
        {
            _isStopping = true;
            foreach (var service in _statuses.Keys.ToArray())
            {
                _statuses[service] = ServingStatus.NotServing;
                Tell(service);
            }
        }
    }

    private ServingStatus StatusOf(string service) => _statuses.GetValueOrDefault(service, ServingStatus.ServiceUnknown);

    private void Tell(string service)
    {
        foreach (var watcher in _watchers)
            if (watcher.Service == service)
                watcher.Changes.Writer.TryWrite(StatusOf(service));
    }

    private sealed class Watcher(string service)
    {
        public string Service { get; } = service;

        // A slow watcher is told the latest; what it missed is of no use to it.
        public Channel<ServingStatus> Changes { get; } =
            Channel.CreateBounded<ServingStatus>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    }
}
