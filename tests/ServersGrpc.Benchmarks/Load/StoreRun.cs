using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>What writing as fast as it goes came to.</summary>
/// <param name="Rate">Units a second that were on disk.</param>
/// <param name="Times">Milliseconds that each waited.</param>
/// <param name="CpuMicroseconds">What a unit took of a core, its caller included.</param>
internal sealed record StoreRun(double Rate, Samples Times, double CpuMicroseconds);
