using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServersGrpc.Tests.Engine;

namespace ServersGrpc.Tests;

/// <summary>The program itself in this process, composed by its own Program.cs, so that tests can look inside.</summary>
public sealed class RunningProgram : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _directory = new();
    private IHost _host = null!;
    private Task _program = Task.CompletedTask;

    public HttpClient Http { get; private set; } = null!;

    public IReadOnlyList<RouteEndpoint> Endpoints =>
        [.. _host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).Distinct().Cast<RouteEndpoint>()];

    public async Task InitializeAsync()
    {
        var found = new TaskCompletionSource<IHost>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var hosts = new BuiltHosts(found);
        using var listeners = DiagnosticListener.AllListeners.Subscribe(hosts);
        _program = Task.Run(() =>
        {
            hosts.ListenHere();
            string[] arguments = ["--urls", "http://127.0.0.1:0", $"--Servers:DataDirectory={_directory.Path}"];
            typeof(Hosting).Assembly.EntryPoint!.Invoke(null, [arguments]);
        });
        await Task.WhenAny(found.Task, _program).WaitAsync(Patience);
        Assert.True(found.Task.IsCompleted, "The program ended before it began.");
        _host = await found.Task;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (_host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(started.SetResult))
            await started.Task.WaitAsync(Patience);
        var address = _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Http = new() { BaseAddress = new(address), Timeout = Patience };
        var token = await File.ReadAllTextAsync(_directory.File("admin.token"));
        Http.DefaultRequestHeaders.Authorization = new("Bearer", token.Trim());
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        _host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await _program.WaitAsync(Patience);
        _directory.Dispose();
    }

    /// <summary>Hears of the hosts that are built. Other tests build theirs at the same time.</summary>
    private sealed class BuiltHosts(TaskCompletionSource<IHost> found)
        : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly AsyncLocal<bool> _isHere = new();
        private IDisposable? _events;

        public void ListenHere() => _isHere.Value = true;

        public void OnNext(DiagnosticListener value)
        {
            if (_isHere.Value && value.Name == "Microsoft.Extensions.Hosting")
                _events = value.Subscribe(this);
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (_isHere.Value && value is { Key: "HostBuilt", Value: IHost host })
                found.TrySetResult(host);
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose() => _events?.Dispose();
    }
}
