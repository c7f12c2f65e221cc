using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>A watch fell so far behind that its changes are no longer kept in memory for it.</summary>
public sealed class SlowReaderException(int limit) : ServerException(
    $"The reader is more than {limit} changes behind. Watch again from the last revision seen.");
