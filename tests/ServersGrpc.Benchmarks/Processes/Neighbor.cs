namespace ServersGrpc.Benchmarks.Processes;

/// <summary>A server of one of gRPC's own libraries, that answers every GetServer with the same message.</summary>
/// <param name="Name">The library.</param>
/// <param name="Program">What runs the script.</param>
/// <param name="Script">Its name in tests/clients.</param>
internal sealed record Neighbor(string Name, string Program, string Script)
{
    public static IReadOnlyList<Neighbor> All { get; } =
    [
        new("python3-grpcio", "/usr/bin/python3", "neighbor.py"),
        new("grpc-js", "node", "neighbor.mjs"),
    ];

    /// <param name="answerFile">The frame to answer.</param>
    public Task<ServerProcess> StartAsync(string answerFile) =>
        ServerProcess.StartAsync(Program, Path.Combine(FindClients(), Script), answerFile);

    private static string FindClients()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ServersGrpc.sln")))
            directory = directory.Parent!;
        return Path.Combine(directory.FullName, "tests", "clients");
    }
}
