using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace ServersGrpc.Tests.Rpc.Transcoding;

/// <summary>One running server for all tests of a class, with the contract of every kind of field and rule.</summary>
public sealed class SampleHost : IAsyncLifetime
{
    private RestHost _host = null!;

    internal RestHost Rest => _host;

    /// <summary>What the service was asked since the last time, which is once or not at all.</summary>
    internal IMessage? TakeReceived()
    {
        var received = _host.App.Services.GetRequiredService<List<IMessage>>();
        var requests = received.ToArray();
        received.Clear();
        return requests.SingleOrDefault();
    }

    public async Task InitializeAsync() => _host = await RestHost.StartAsync(
        map: app => app.MapGrpcService<SampleService>(),
        add: services => services.AddSingleton<List<IMessage>>());

    public async Task DisposeAsync() => await _host.DisposeAsync();
}
