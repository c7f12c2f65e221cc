using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Harness;

/// <summary>A test with a service of its own.</summary>
public abstract class ServiceTest(ITestOutputHelper output) : IAsyncLifetime
{
    internal ServiceProcess Service { get; private set; } = null!;

    protected ITestOutputHelper Output => output;

    /// <summary>Options that this test's service is started with.</summary>
    protected virtual string[] Options => [];

    /// <summary>Environment variables that it is started with.</summary>
    protected virtual IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>();

    public virtual async Task InitializeAsync() =>
        Service = await ServiceProcess.StartAsync(ServiceProcess.NewDirectory(), output, Variables, Options);

    public virtual async Task DisposeAsync() => await Service.DisposeAsync();
}
