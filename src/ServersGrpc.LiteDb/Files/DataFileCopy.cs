namespace ServersGrpc.LiteDb.Files;

/// <summary>Copies data files page by page, each of them checked.</summary>
internal static class DataFileCopy
{
    private const int Part = 1 << 20;

    /// <summary>Makes the copy, a closed database with a log number of its own, and puts it on disk.</summary>
    /// <param name="file">What is copied. Nothing writes it meanwhile.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="target">An empty file.</param>
    /// <param name="targetPath">Its path, for messages.</param>
    /// <param name="proceed">Asked before each part, and once all is read. Throws to end it.</param>
    /// <exception cref="DamagedFileException">A page is not what was written.</exception>
    /// <exception cref="IOException">The copy can't be written.</exception>
    public static void Run(IStoreFile file, string path, IStoreFile target, string targetPath, Action proceed)
    {
        var part = new byte[Part];
        file.Read(0, part.AsSpan(0, PageStream.PageSize));
        var length = (Page.LastPage(part) + 1L) * PageStream.PageSize;
        var generation = -LogHeader.FreshNumber();
        for (long at = 0; at < length; at += Part)
        {
            proceed();
            var run = part.AsSpan(0, (int)Math.Min(Part, length - at));
            if (file.Read(at, run) < run.Length)
                throw new DamagedFileException(path, "it is cut off");
            Seal(run, at / PageStream.PageSize, generation, path);
            Write(target, at, run, targetPath);
        }
        proceed();
        Sync(target, targetPath);
    }

    private static void Seal(Span<byte> run, long first, int generation, string path)
    {
        for (var i = 0; i < run.Length; i += PageStream.PageSize)
        {
            var page = run.Slice(i, PageStream.PageSize);
            var index = first + (i / PageStream.PageSize);
            if (!Page.IsWhole(page, index))
                throw new DamagedFileException(path, $"page {index} is not what was written");
            Page.Seal(page, generation);
        }
    }

    private static void Write(IStoreFile target, long at, ReadOnlySpan<byte> run, string path)
    {
        try
        {
            target.Write(at, run);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, e);
        }
    }

    private static void Sync(IStoreFile target, string path)
    {
        try
        {
            target.Sync();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, e);
        }
    }

    private static IOException Unwritable(string path, Exception e) => new($"{path} can't be written: {e.Message}", e);
}
