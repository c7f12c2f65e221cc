using LiteDB;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.LiteDb;

/// <summary>Tells the database's troubles, which pass, from mistakes in this program, which don't.</summary>
internal static class LiteFaults
{
    // ENOSPC and EDQUOT of Linux; ERROR_DISK_FULL of Windows.
    private static readonly int[] NoRoom = [28, 122, 112];

    /// <summary>What to say of a trouble of the database; null: it is none.</summary>
    public static StoreUnavailableException? AsUnavailable(Exception exception) => exception switch
    {
        StoreUnavailableException unavailable => unavailable,
        PageFaultException fault => AsUnavailable(fault.InnerException!),
        DamagedFileException or StoreOpenException => new(exception.Message, exception),
        IOException when NoRoom.Contains(exception.HResult & 0xFFFF) || exception.Message.Contains("No space left", StringComparison.Ordinal) =>
            new("The disk that holds the database is full.", exception),
        IOException or UnauthorizedAccessException => new("The database file can't be read or written.", exception),
        LiteException => new("The database file can't be used.", exception),
        _ => null,
    };
}
