using System.Diagnostics;
using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Tests.Engine.Providers.Local;

public sealed class LocalProviderContractTests : ProviderContractTests, IDisposable
{
    private readonly LocalMachine _machine = new();

    protected override IServerProvider NewProvider(string installationId) => _machine.NewProvider(installationId);

    // What an instance is can't be read any more.
    protected override Task BreakAsync()
    {
        foreach (var directory in Directory.GetDirectories(Path.Combine(_machine.DataDirectory, "local", "instances")))
        {
            File.Delete(Path.Combine(directory, "spec.json"));
            Directory.CreateDirectory(Path.Combine(directory, "spec.json"));
        }

        return Task.CompletedTask;
    }

    // An agent that is stopped does not hear that it shall end. The caller need not wait for that.
    protected override async Task<bool> BeginRemovalAsync(IServerProvider provider, Instance instance)
    {
        _machine.Options.StopGrace = TimeSpan.FromMinutes(10);
        using var stop = Process.Start("kill", ["-STOP", LocalMachine.PidOf(instance).ToString()]);
        await stop.WaitForExitAsync();
        using var enough = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => provider.DestroyAsync(instance, enough.Token));
        return true;
    }

    public void Dispose() => _machine.Dispose();
}
