namespace ServersGrpc.LiteDb.Files;

/// <summary>A data file as it was found.</summary>
/// <param name="Generation">The number of the log that belongs to it; negative: it was closed and needs none.</param>
/// <param name="Free">Which of its pages hold nothing; of those that the log has, nothing is said.</param>
internal sealed record DataFileState(int Generation, IReadOnlyCollection<long> Free);
