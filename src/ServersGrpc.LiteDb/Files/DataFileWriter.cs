using LiteDB;
using LiteDB.Engine;

namespace ServersGrpc.LiteDb.Files;

/// <summary>Writes whole data files: of a new database, or with the documents of another. Each is closed, and has a log number of its own.</summary>
internal static class DataFileWriter
{
    private const int LargestLog = 8 << 20;

    /// <summary>Makes the file of a new database.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">The data file.</param>
    /// <param name="make">Makes all collections and indexes.</param>
    public static void Make(IStoreDirectory directory, string name, Action<LiteEngine> make)
    {
        directory.Delete(NewFile.Aside(name));
        NewFile.Make(directory, name, file => Write(file, directory.PathOf(name), (engine, _) => make(engine)));
    }

    /// <summary>Copies all documents to a file aside, and compares the two.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">The data file.</param>
    /// <param name="engine">The open database.</param>
    /// <param name="make">Makes all collections and indexes.</param>
    /// <exception cref="IOException">It can't be written, or is not what was copied. Nothing of it is left.</exception>
    public static void CopyAside(IStoreDirectory directory, string name, LiteEngine engine, Action<LiteEngine> make)
    {
        directory.Delete(NewFile.Aside(name));
        UInt128 hash = 0;
        NewFile.WriteAside(
            directory, name,
            file => Write(file, directory.PathOf(name), (copy, written) =>
            {
                make(copy);
                hash = AllDocuments.Read(engine, (collection, documents) =>
                {
                    copy.Insert(collection, documents, BsonAutoId.ObjectId);
                    written();
                });
            }),
            aside => LiteFile.Check(directory, aside, copy =>
            {
                if (AllDocuments.Read(copy.Engine, (_, _) => { }) != hash)
                    throw new IOException($"{copy.Path} does not hold what was copied.");
            }));
    }

    /// <param name="file">An empty file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="fill">Writes all there is to be in it, and tells now and then that it did.</param>
    private static void Write(IStoreFile file, string path, Action<LiteEngine, Action> fill)
    {
        var (data, log, generation) = (new DataStream(file, path, []) { IsOpen = true }, new MemoryStream(), -LogHeader.FreshNumber());
        var engine = LiteEngines.Open(data, log);
        try
        {
            engine.Pragma(Pragmas.UTC_DATE, true);
            engine.Pragma(Pragmas.CHECKPOINT, 0);
            fill(engine, () =>
            {
                if (log.Length < LargestLog)
                    return;
                engine.Checkpoint();
                data.Spill(generation);
            });
            engine.Checkpoint();
        }
        finally
        {
            data.IsOpen = false;
            LiteEngines.End(engine);
        }
        data.Write(generation);
    }
}
