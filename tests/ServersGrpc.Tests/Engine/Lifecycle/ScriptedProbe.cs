using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Lifecycle;

/// <summary>Answers as a test says, and counts.</summary>
internal sealed class ScriptedProbe : IServerProbe
{
    private int _probes;
    private volatile TaskCompletionSource? _held;

    public bool Answers { get; set; } = true;

    /// <summary>Whether a server's machine answers to what the server presents.</summary>
    public Func<ServerRecord, bool> Admits { get; init; } = _ => true;

    /// <summary>Servers that do not answer, whatever the others do.</summary>
    public HashSet<string> Silent { get; } = [];

    public int Probes => _probes;

    /// <summary>Holds every probe that comes, and lets go those that are held.</summary>
    public void Hold() => Next(new(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Lets all go.</summary>
    public void LetGo() => Next(null);

    public async Task ProbeAsync(ServerRecord server, CancellationToken cancellationToken)
    {
        var held = _held;
        Interlocked.Increment(ref _probes);
        if (held is not null)
            await held.Task.WaitAsync(cancellationToken);
        if (!Answers || Silent.Contains(server.Name))
            throw new ProbeFailedException("connection refused");
        if (!Admits(server))
            throw new ProbeFailedException("its certificate is not of the server's authority");
    }

    private void Next(TaskCompletionSource? next)
    {
        var held = _held;
        _held = next;
        held?.SetResult();
    }
}
