namespace ServersGrpc.LiteDb.Files;

/// <summary>
/// LiteDB's log. LiteDB writes no sums into it and never waits for the disk; this does both. The file is used again and again, and seldom cut:
/// what counts is what is of its present generation, up to the last whole commit.
/// </summary>
internal sealed class LogStream : PageStream
{
    private const int FirstBuffer = 1 << 20;
    private const int LargestBuffer = 8 << 20;

    /// <summary>How much of the file is kept for the next generation.</summary>
    public const long Kept = 64 << 20;

    private readonly IStoreDirectory _directory;
    private readonly string _name;
    private readonly Lock _lock = new();
    private readonly byte[] _frame = new byte[LogFrame.Length];
    private IStoreFile? _file;
    private LogHeader? _header;
    private byte[] _waiting = new byte[FirstBuffer];
    private long _pages;
    private long _hardened;
    private uint _turn = 1;

    /// <summary>Reads what is there, and changes nothing.</summary>
    /// <exception cref="DamagedFileException">Commits that were acknowledged are not whole.</exception>
    public LogStream(IStoreDirectory directory, string name)
    {
        (_directory, _name) = (directory, name);
        if (!directory.Exists(name))
            return;
        _file = directory.Open(name);
        _header = new(_file);
        _header.Read();
        if (Number > 0)
            Recover();
    }

    /// <summary>The number of the generation; 0 where there is none.</summary>
    public int Number => _header?.Number ?? 0;

    /// <summary>The latest version of each page in the log, as opened.</summary>
    public Dictionary<uint, long> Recovered { get; } = [];

    public override long Length => _pages * PageSize;

    private string File => _directory.PathOf(_name);

    /// <summary>Writes what was recovered again, before any of it reaches the data file.</summary>
    /// <remarks>After a sync that failed, the system shows pages that the disk does not have, and takes them for written.</remarks>
    public void Rewrite()
    {
        for (long i = 0; i < _pages; i++)
        {
            _file!.Read(At(i), _frame);
            _file.Write(At(i), _frame);
        }
        if (Number == 0)
            return;
        _header!.Rewrite();
        _file!.Sync();
    }

    /// <summary>Takes all content away, before a generation begins whose number has nothing to do with it.</summary>
    public void Discard()
    {
        if (_file is null)
            return;
        // First: what is left of a log that is cut off in the middle must not be taken for a damaged one.
        _header!.Erase();
        _file.Sync();
        _file.SetLength(0);
        _file.Sync();
    }

    /// <summary>Begins a generation: what was in the log is in the data file.</summary>
    public void Begin(int number)
    {
        if (_file is null)
        {
            _file = _directory.Open(_name);
            _header = new(_file);
        }
        _header!.Begin(number);
        // Only now: of an old generation that is cut, what is left would be taken for all of it, if the new one did not reach the disk.
        if (_file.Length > Kept)
            _file.SetLength(Kept);
        lock (_lock)
            (_pages, _hardened, _turn) = (0, 0, 1);
        Recovered.Clear();
    }

    /// <summary>Makes the log file as short as it can be, so that it holds nothing of before.</summary>
    public void Cut()
    {
        _file!.SetLength(LogHeader.Length);
        _file.Sync();
    }

    /// <summary>
    /// Returns when all that was written is on disk. When it throws, what is on disk is not known: this stream and its engine can't be used
    /// any more.
    /// </summary>
    public void Harden()
    {
        var count = (int)(_pages - _hardened);
        if (count == 0)
            return;
        for (var i = 0; i < count; i++)
            LogFrame.Close(_waiting.AsSpan(i * LogFrame.Length, LogFrame.Length), _header!.Generation, _turn, _hardened + i);
        _file!.Write(At(_hardened), _waiting.AsSpan(0, count * LogFrame.Length));
        _file.Sync();
        _header!.Mark(_turn);
        lock (_lock)
        {
            _hardened = _pages;
            _turn++;
            if (_waiting.Length > LargestBuffer)
                _waiting = new byte[FirstBuffer];
        }
    }

    /// <summary>LiteDB empties the log at the end of a checkpoint; the file follows in <see cref="Begin"/>.</summary>
    public override void SetLength(long value)
    {
        if (value != 0)
            throw new InvalidOperationException("The log is only emptied.");
        lock (_lock)
            (_pages, _hardened) = (0, 0);
    }

    /// <summary>Reads a page of the log as LiteDB has it in its data file.</summary>
    public void ReadRecovered(uint number, Span<byte> page)
    {
        ReadPage(Recovered[number], page);
        Page.Unseal(page);
    }

    /// <summary>Ends the use of the file. LiteDB's own disposing has nothing to end.</summary>
    public void Release() => _file?.Dispose();

    protected override void ReadPage(long index, Span<byte> page)
    {
        lock (_lock)
        {
            if (index >= _hardened)
                LogFrame.PageOf(_waiting.AsSpan((int)(index - _hardened) * LogFrame.Length, LogFrame.Length)).CopyTo(page);
            else if (TryRead(index))
                LogFrame.PageOf(_frame).CopyTo(page);
            else
                throw new DamagedFileException(File, $"page {index} of the log is not what was written");
        }
    }

    protected override void WritePage(long index, ReadOnlySpan<byte> page)
    {
        lock (_lock)
        {
            if (index != _pages)
                throw new InvalidOperationException($"LiteDB wrote page {index} of a log of {_pages} pages.");
            var at = (int)(index - _hardened) * LogFrame.Length;
            if (_waiting.Length < at + LogFrame.Length)
                Array.Resize(ref _waiting, Math.Max(at + LogFrame.Length, _waiting.Length * 2));
            page.CopyTo(LogFrame.PageOf(_waiting.AsSpan(at, LogFrame.Length)));
            _pages++;
        }
    }

    private static long At(long index) => LogHeader.Length + (index * LogFrame.Length);

    private void Recover()
    {
        var (end, firstBad, turn, isWhole) = (0L, -1L, 0u, true);
        var frames = (_file!.Length - LogHeader.Length) / LogFrame.Length;
        for (long i = 0; i < frames; i++)
        {
            if (!TryRead(i))
            {
                if (LogFrame.Number(_frame) > Number && LogFrame.IsWhole(_frame, i))
                    throw new DamagedFileException(File, "its header is older than its pages");
                if (firstBad < 0)
                    firstBad = i;
                continue;
            }
            var its = LogFrame.Turn(_frame);
            if (firstBad < 0)
            {
                (turn, isWhole) = (its, Page.IsConfirmed(LogFrame.PageOf(_frame)));
                if (isWhole)
                    end = i + 1;
            }
            // One wait for the disk is under way at most: what was written after it proves that what is missing here was acknowledged.
            else if (its > (isWhole ? turn + 1 : turn))
                throw new DamagedFileException(File, $"page {firstBad} of it is missing, and later commits follow it");
        }
        if (_header!.ReadMark() is var marked && marked > (isWhole ? turn : turn - 1))
            throw new DamagedFileException(File, $"page {Math.Max(firstBad, 0)} of it is missing, and its commit was acknowledged");
        (_pages, _hardened, _turn) = (end, end, turn + 1);
        for (long i = 0; i < end; i++)
        {
            TryRead(i);
            Recovered[Page.Number(LogFrame.PageOf(_frame))] = i;
        }
    }

    private bool TryRead(long index) =>
        _file!.Read(At(index), _frame) == LogFrame.Length && LogFrame.IsOf(_frame, _header!.Generation) && LogFrame.IsWhole(_frame, index);
}
