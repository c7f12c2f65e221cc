namespace ServersGrpc.SystemTests.Harness;

/// <summary>One service for all tests of a class that leave nothing behind in it.</summary>
public sealed class SharedService : IAsyncLifetime
{
    internal ServiceProcess Service { get; private set; } = null!;

    public async Task InitializeAsync() => Service = await ServiceProcess.StartAsync(output: null);

    public async Task DisposeAsync() => await Service.DisposeAsync();
}
