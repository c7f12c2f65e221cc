using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>A test with a service of its own.</summary>
public abstract class ServiceTest(ITestOutputHelper output) : IAsyncLifetime
{
    internal ServiceProcess Service { get; private set; } = null!;

    protected ITestOutputHelper Output => output;

    /// <summary>Options that this test's service is started with.</summary>
    protected virtual string[] Options => [];

    public virtual async Task InitializeAsync() => Service = await ServiceProcess.StartAsync(output, Options);

    public virtual async Task DisposeAsync() => await Service.DisposeAsync();
}
