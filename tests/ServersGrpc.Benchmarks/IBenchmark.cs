using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks;

/// <summary>One thing that is measured.</summary>
internal interface IBenchmark
{
    /// <summary>What it is asked for by, on the command line.</summary>
    string Name { get; }

    /// <summary>Measures, and leaves nothing running.</summary>
    Task RunAsync(Report report, CancellationToken cancellationToken);
}
