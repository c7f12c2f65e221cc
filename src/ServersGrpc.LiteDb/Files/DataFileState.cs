namespace ServersGrpc.LiteDb.Files;

/// <summary>A data file as it was found.</summary>
/// <param name="Generation">The number of the log that belongs to it; negative: it was closed and needs none.</param>
/// <param name="Pages">How many pages it has.</param>
/// <param name="FreePages">How many of these hold nothing.</param>
internal sealed record DataFileState(int Generation, long Pages, long FreePages);
