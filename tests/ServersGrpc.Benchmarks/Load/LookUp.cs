using ServersGrpc.Benchmarks.Processes;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>Asking for one server over one face.</summary>
/// <param name="Path">Where it is asked for.</param>
/// <param name="Options">h2load's, but for connections.</param>
/// <param name="AnswerFile">The body of the answer: what bare servers and neighbors are to answer too.</param>
/// <param name="AnswerLength">Its length.</param>
internal sealed record LookUp(string Path, IReadOnlyList<string> Options, string AnswerFile, int AnswerLength)
{
    /// <summary>A server under this load.</summary>
    public Subject Of(ServerProcess server, params IReadOnlyList<string> options) =>
        new(server, new(server.Address + Path, [.. Options, .. options]), AnswerLength);
}
