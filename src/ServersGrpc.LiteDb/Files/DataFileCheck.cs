using ServersGrpc.Engine.Storage;

namespace ServersGrpc.LiteDb.Files;

/// <summary>
/// Looks at a data file before LiteDB does, which damages a file that is not its own by opening it, and notices few damages. Changes nothing.
/// </summary>
internal static class DataFileCheck
{
    private const int Part = 1 << 20;

    /// <exception cref="StoreOpenException">It is not a database of this service, or not whole, or the log beside it is another's.</exception>
    public static DataFileState Run(IStoreFile file, string path, LogStream log, string logPath)
    {
        var (first, generation) = ReadFirst(file, path, "Move it away, or restore a backup.");
        CheckLog(generation, path, log, logPath);
        if (log.Recovered.ContainsKey(0))
            log.ReadRecovered(0, first);
        var pages = Page.LastPage(first) + 1L;
        return new(generation, FindFree(file, path, pages, log));
    }

    /// <summary>Reads the first page, as it is in the file, and the number of its log.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="advice">What to do when it is no database of this service.</param>
    /// <exception cref="StoreOpenException">It is not a database of this service.</exception>
    public static (byte[] Page, int Generation) ReadFirst(IStoreFile file, string path, string advice)
    {
        var first = new byte[PageStream.PageSize];
        if (file.Read(0, first) < first.Length || !Page.IsOfLiteDb(first))
            throw new StoreOpenException($"{path} is not a database of this service, or was overwritten. {advice}");
        if (Page.OtherVersion(first) is { } version)
            throw new StoreOpenException($"{path} has LiteDB's file format {version}; this program knows 8. Run the program that wrote it.");
        // In the first sector, and so never torn.
        var generation = Page.Generation(first);
        return generation == 0
            ? throw new StoreOpenException($"{path} is another program's LiteDB database. {advice}")
            : (first, generation);
    }

    private static void CheckLog(int generation, string path, LogStream log, string logPath)
    {
        var isClosed = generation < 0;
        var number = Math.Abs(generation);
        if (log.Number == 0 && !isClosed)
        {
            throw new StoreOpenException(
                $"{logPath} is missing or damaged: it holds the last writes to {path}. Put it back, or restore a backup.");
        }
        // The end of a checkpoint that was cut off may leave the log of before. A start that was cut off leaves a new one, without a commit, beside
        // a closed file.
        var belongs = log.Number == number - 1 || (isClosed ? log.Length == 0 : log.Number == number);
        if (!belongs)
        {
            throw new StoreOpenException(
                $"{logPath} does not belong to {path}: it is another database's, or of a time before or after a backup that was restored. Move it away.");
        }
    }

    /// <summary>Reads all pages, but for those that the log has. Returns the ones that hold nothing.</summary>
    private static List<long> FindFree(IStoreFile file, string path, long pages, LogStream log)
    {
        var (part, free) = (new byte[Part], new List<long>());
        for (long index = 0; index < pages;)
        {
            var read = file.Read(index * PageStream.PageSize, part) / PageStream.PageSize;
            for (var i = 0; i < Math.Max(read, 1) && index < pages; i++, index++)
            {
                if (log.Recovered.ContainsKey((uint)index))
                    continue;
                if (read == 0)
                    throw new StoreOpenException($"{path} is cut off: it has {index} of {pages} pages. Restore a backup.");
                var page = part.AsSpan(i * PageStream.PageSize, PageStream.PageSize);
                if (!Page.IsWhole(page, index))
                    throw new DamagedFileException(path, $"page {index} is not what was written");
                if (Page.IsEmpty(page))
                    free.Add(index);
            }
        }
        return free;
    }
}
