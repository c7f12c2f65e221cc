namespace ServersGrpc.Simulation.Disk;

/// <summary>
/// The bytes of one file, whatever its name: what reads see, what is certainly on the disk, and the changes between the two. The lock
/// of its disk guards it.
/// </summary>
internal sealed class FileContent
{
    // The system keeps and writes whole pages: a write of some bytes also carries what reads saw around them.
    private const int Page = 4096;

    private readonly List<FileChange> _pending = [];
    private readonly FileBytes _seen;
    private FileBytes _durable;

    public FileContent()
        : this(new FileBytes([], 0))
    {
    }

    private FileContent(FileBytes durable) => (_durable, _seen) = (durable, durable.Copy());

    public long Length => _seen.Length;

    public int Read(long at, Span<byte> into) => _seen.Read(at, into);

    public void Write(long at, ReadOnlySpan<byte> from)
    {
        if (from.IsEmpty)
            return;
        _seen.Write(at, from);
        var first = at / Page * Page;
        var end = Math.Min(_seen.Length, (at + from.Length + Page - 1) / Page * Page);
        var pages = new byte[end - first];
        _seen.Read(first, pages);
        _pending.Add(new(first, pages, _seen.Length));
    }

    public void SetLength(long length)
    {
        _seen.SetLength(length);
        _pending.Add(new(0, null, length));
    }

    public void Sync()
    {
        foreach (var change in _pending)
            change.ApplyTo(_durable);
        _pending.Clear();
    }

    /// <summary>
    /// A sync that fails as the kernel lets it: some of the changes reach the disk, all count as written, and reads still show them. Only
    /// pages that are written again reach the disk later.
    /// </summary>
    public void Forget(LossMode mode, Random random)
    {
        _durable = FileLoss.Survivors(_durable, _pending, mode, random);
        _pending.Clear();
    }

    /// <summary>The file as a machine finds it after it lost power.</summary>
    public FileContent AfterLoss(LossMode mode, Random random) => new(FileLoss.Survivors(_durable, _pending, mode, random));
}
