namespace ServersGrpc.LiteDb.Files;

/// <summary>
/// LiteDB's data file. It is written in a checkpoint only: pages wait in memory, then each is written once, in the file's order.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="path">Its path, for messages.</param>
/// <param name="free">The pages of it that hold nothing.</param>
internal sealed class DataStream(IStoreFile file, string path, IEnumerable<long> free) : PageStream
{
    private const int RunLength = 1 << 17;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, byte[]> _staged = [];
    private readonly HashSet<long> _free = [.. free];
    private long _stagedEnd;

    /// <summary>Whether LiteDB may write. After some errors it would mark the file on its own.</summary>
    public bool IsOpen { get; set; }

    /// <summary>The pages that a log has, while it is not in the file yet: a checkpoint that was cut off may have torn those of the file.</summary>
    public LogStream? Log { get; set; }

    // Of a page that a loss of power cut off, the log has the whole.
    public override long Length => Math.Max(file.Length / PageSize, _stagedEnd) * PageSize;

    /// <summary>How many pages of the file hold nothing.</summary>
    public long FreePages => _free.Count;

    /// <summary>Puts on disk what a checkpoint wrote.</summary>
    /// <param name="generation">The number of the log that belongs to the file from now on; negative: it needs none.</param>
    public void Write(int generation)
    {
        Spill(generation);
        file.Sync();
    }

    /// <summary>The same, but that it does not wait for the disk: for a file that counts for nothing yet.</summary>
    public void Spill(int generation)
    {
        WriteFirst(generation);
        var (run, at, length) = (new byte[RunLength], 0L, 0);
        foreach (var (place, page) in _staged)
        {
            _ = Page.IsEmpty(page) ? _free.Add(place) : _free.Remove(place);
            if (length > 0 && (place * PageSize != at + length || length + PageSize > RunLength))
            {
                file.Write(at, run.AsSpan(0, length));
                length = 0;
            }
            if (length == 0)
                at = place * PageSize;
            page.CopyTo(run, length);
            Page.Seal(run.AsSpan(length, PageSize), generation);
            length += PageSize;
        }
        if (length > 0)
            file.Write(at, run.AsSpan(0, length));
        lock (_lock)
        {
            _staged.Clear();
            _stagedEnd = 0;
        }
    }

    public override void SetLength(long value) => throw new InvalidOperationException("The data file only grows.");

    protected override void ReadPage(long index, Span<byte> page)
    {
        lock (_lock)
        {
            if (_staged.TryGetValue(index, out var staged))
                staged.CopyTo(page);
            else if (Log?.Recovered.ContainsKey((uint)index) == true)
                Log.ReadRecovered((uint)index, page);
            else
                ReadFile(index, page);
        }
    }

    protected override void WritePage(long index, ReadOnlySpan<byte> page)
    {
        if (!IsOpen)
            throw new InvalidOperationException("The data file is written in a checkpoint only.");
        lock (_lock)
        {
            _staged[index] = page.ToArray();
            _stagedEnd = Math.Max(_stagedEnd, index + 1);
        }
    }

    private void ReadFile(long index, Span<byte> page)
    {
        if (file.Read(index * PageSize, page) < PageSize || !Page.IsWhole(page, index))
            throw new DamagedFileException(path, $"page {index} is not what was written");
        Page.Unseal(page);
    }

    /// <summary>Writes the number into page 0, if the checkpoint does not write that page: in one sector, so that it can't be torn.</summary>
    private void WriteFirst(int generation)
    {
        if (_staged.ContainsKey(0))
            return;
        var page = new byte[PageSize];
        ReadFile(0, page);
        Page.Seal(page, generation);
        file.Write(0, page.AsSpan(0, Page.Sector));
    }
}
