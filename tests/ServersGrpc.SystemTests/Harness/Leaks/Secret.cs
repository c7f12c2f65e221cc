namespace ServersGrpc.SystemTests.Harness.Leaks;

/// <summary>Random bytes that must not be found, whatever form they have.</summary>
/// <param name="What">What they are, for whoever reads that they were found.</param>
/// <param name="Value">The bytes themselves.</param>
/// <param name="MayBeIn">The one file that may hold them; null for none.</param>
internal sealed record Secret(string What, byte[] Value, string? MayBeIn = null);
