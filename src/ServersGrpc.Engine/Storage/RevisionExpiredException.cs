using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage;

/// <summary>A watch asked for changes that are no longer, or not yet, known.</summary>
public sealed class RevisionExpiredException(long asked, long oldest, long newest) : ServerException(
    $"Changes since revision {asked} are not known: the oldest revision to go on from is {oldest}, the newest {newest}. Start again from 0.")
{
    public long Oldest => oldest;
}
