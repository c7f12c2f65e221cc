namespace ServersGrpc.Benchmarks.Load;

/// <param name="Rate">Answers a second.</param>
/// <param name="Done">Whole answers.</param>
/// <param name="DataBytes">Bytes of bodies, of unfinished answers too.</param>
internal sealed record LoadResult(double Rate, double Done, double DataBytes);
