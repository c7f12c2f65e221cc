using Grpc.Core;
using Grpc.Health.V1;

namespace ServersGrpc.Api;

/// <summary>What a watch of health says: nothing twice, and at the end of the service that it ends.</summary>
internal sealed class HealthWriter(IServerStreamWriter<HealthCheckResponse> stream) : IServerStreamWriter<HealthCheckResponse>
{
    private readonly SemaphoreSlim _turn = new(1);
    private HealthCheckResponse? _last;

    public WriteOptions? WriteOptions
    {
        get => stream.WriteOptions;
        set => stream.WriteOptions = value;
    }

    public async Task WriteAsync(HealthCheckResponse message)
    {
        // The end of the service comes beside whatever else is being said.
        await _turn.WaitAsync();
        try
        {
            if (message.Equals(_last))
                return;
            _last = message;
            await stream.WriteAsync(message);
        }
        finally
        {
            _turn.Release();
        }
    }
}
