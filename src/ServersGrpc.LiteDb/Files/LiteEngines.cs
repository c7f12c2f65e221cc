using LiteDB;
using LiteDB.Engine;

namespace ServersGrpc.LiteDb.Files;

/// <summary>LiteDB's engines as this service uses them.</summary>
internal static class LiteEngines
{
    // The default collation takes "Web" and "web" for the same. In memory, so that nothing is set aside in files.
    public static LiteEngine Open(DataStream data, Stream log) => new(new EngineSettings
    {
        DataStream = data,
        LogStream = log,
        TempStream = new MemoryStream(),
        Collation = Collation.Binary,
    });

    public static void End(LiteEngine engine)
    {
        try
        {
            engine.Dispose();
        }
        catch (Exception e) when (e is LiteException or IOException or PageFaultException or InvalidOperationException or NullReferenceException)
        {
            // After a failure LiteDB may be unable to end. Its streams hold nothing that could be lost by that.
        }
    }
}
