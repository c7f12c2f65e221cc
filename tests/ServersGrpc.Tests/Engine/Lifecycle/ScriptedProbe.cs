using ServersGrpc.Engine.Lifecycle;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Lifecycle;

/// <summary>Answers as a test says, and counts.</summary>
internal sealed class ScriptedProbe : IServerProbe
{
    private int _probes;

    public bool Answers { get; set; } = true;

    /// <summary>Servers that do not answer, whatever the others do.</summary>
    public HashSet<string> Silent { get; } = [];

    public int Probes => _probes;

    public Task ProbeAsync(ServerRecord server, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _probes);
        return Answers && !Silent.Contains(server.Name) ? Task.CompletedTask : throw new ProbeFailedException("connection refused");
    }
}
