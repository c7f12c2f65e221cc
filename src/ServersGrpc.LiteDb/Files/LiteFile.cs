using System.Security.Cryptography;
using LiteDB;
using LiteDB.Engine;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.LiteDb.Files;

/// <summary>
/// An open database: LiteDB's engine over a data file and a log that survive the loss of power. One thread writes. After any failure it is to be
/// dropped and opened again: what is on disk is not known before.
/// </summary>
internal sealed class LiteFile : IDisposable
{
    private const string LogSuffix = "-log";
    private const string NewSuffix = ".new";
    private const int Part = 1 << 20;

    private readonly IStoreDirectory _directory;
    private readonly string _name;
    private readonly IStoreFile _file;
    private readonly DataStream _data;
    private readonly LogStream _log;
    private bool _isEnded;

    private LiteFile(IStoreDirectory directory, string name)
    {
        (_directory, _name) = (directory, name);
        LogStream? log = null;
        IStoreFile? file = null;
        try
        {
            file = directory.Open(name);
            log = new(directory, name + LogSuffix);
            State = DataFileCheck.Run(file, Path, log, directory.PathOf(name + LogSuffix));
            (_file, _log) = (file, log);
            _data = new(file, Path) { Log = log };
            Engine = NewEngine(_data, _log);
        }
        catch
        {
            log?.Release();
            file?.Dispose();
            throw;
        }
    }

    public string Path => _directory.PathOf(_name);

    public LiteEngine Engine { get; }

    /// <summary>The data file as it was found.</summary>
    public DataFileState State { get; }

    /// <summary>Bytes that a checkpoint would move to the data file.</summary>
    public long LogLength => _log.Length;

    /// <summary>Opens a database, or makes one.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">The data file.</param>
    /// <param name="make">Makes all collections and indexes of a new database.</param>
    /// <param name="check">Looks at what the database holds. Nothing is written before it returns.</param>
    /// <exception cref="StoreOpenException">The files are not a whole database of this service. They are as they were.</exception>
    public static LiteFile Open(IStoreDirectory directory, string name, Action<LiteEngine> make, Action<LiteFile> check)
    {
        try
        {
            if (!directory.Exists(name))
            {
                // A new database must not take the place of one whose last writes are still here.
                if (directory.Exists(name + LogSuffix))
                {
                    throw new StoreOpenException(
                        $"{directory.PathOf(name)} is missing, and its log {directory.PathOf(name + LogSuffix)} is there. Put it back, or move the log away.");
                }
                Make(directory, name, make);
            }
            var file = new LiteFile(directory, name);
            try
            {
                check(file);
                file.Start();
                return file;
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (DamagedFileException e)
        {
            throw new StoreOpenException(e.Message, e);
        }
    }

    /// <summary>Ends a transaction. When it returns, the transaction is on disk.</summary>
    public void Commit()
    {
        // Of a transaction that a failed operation ended in silence, what followed was committed piece by piece.
        if (!Engine.Commit())
            throw new InvalidOperationException("LiteDB has no transaction to commit.");
        _log.Harden();
    }

    /// <summary>Moves the log to the data file.</summary>
    public void Checkpoint()
    {
        var next = _log.Number + 1;
        MoveTo(next);
        _log.Begin(next);
    }

    /// <summary>Moves the log to the data file, and leaves nothing of it behind.</summary>
    public void CutLog()
    {
        Checkpoint();
        _log.Cut();
    }

    /// <summary>Copies the data file, as of the last checkpoint. None may be made meanwhile.</summary>
    public void CopyTo(IStoreFile target, CancellationToken cancellationToken)
    {
        var part = new byte[Part];
        for (long at = 0; _file.Read(at, part) is > 0 and var length; at += length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < length; i += PageStream.PageSize)
            {
                var page = part.AsSpan(i, PageStream.PageSize);
                if (!Files.Page.IsWhole(page, (at + i) / PageStream.PageSize))
                    throw new DamagedFileException(Path, $"page {(at + i) / PageStream.PageSize} is not what was written");
                Files.Page.Seal(page, -_log.Number);
            }
            target.Write(at, part.AsSpan(0, length));
        }
        target.Sync();
    }

    /// <summary>Closes it, and leaves one plain file behind.</summary>
    public void Close()
    {
        MoveTo(-(_log.Number + 1));
        End();
        _directory.Delete(_name + LogSuffix);
        _directory.Sync();
    }

    /// <summary>Lets go of it. Nothing is written, in particular nothing that LiteDB still holds.</summary>
    public void Dispose()
    {
        if (!_isEnded)
            End();
    }

    private static void Make(IStoreDirectory directory, string name, Action<LiteEngine> make)
    {
        var aside = name + NewSuffix;
        directory.Delete(aside);
        using (var file = directory.Open(aside))
        {
            var data = new DataStream(file, directory.PathOf(aside)) { IsOpen = true };
            using (var engine = NewEngine(data, new MemoryStream()))
            {
                engine.Pragma(Pragmas.UTC_DATE, true);
                engine.Pragma(Pragmas.CHECKPOINT, 0);
                make(engine);
                engine.Checkpoint();
                data.IsOpen = false;
            }
            // Logs of different databases have different numbers.
            data.Write(-RandomNumberGenerator.GetInt32(1, 1 << 30));
        }
        // A crash leaves no half of a database.
        directory.Rename(aside, name);
        directory.Sync();
    }

    // The default collation takes "Web" and "web" for the same. In memory, so that nothing is set aside in files.
    private static LiteEngine NewEngine(DataStream data, Stream log) => new(new EngineSettings
    {
        DataStream = data,
        LogStream = log,
        TempStream = new MemoryStream(),
        Collation = Collation.Binary,
    });

    /// <summary>Moves what was recovered to the data file, and begins a log.</summary>
    private void Start()
    {
        // A file that was made may have a name that is not on disk yet: the log must not be the only one that is.
        _directory.Sync();
        _log.Rewrite();
        var number = Math.Abs(State.Generation);
        if (State.Generation > 0)
        {
            var next = _log.Number + 1;
            MoveTo(next);
            _log.Begin(next);
        }
        else
        {
            MoveTo(-number);
            // A file that says that it needs a log must have one.
            _log.Begin(number + 1);
            _directory.Sync();
            _data.Write(number + 1);
        }
        _data.Log = null;
    }

    private void MoveTo(int generation)
    {
        _data.IsOpen = true;
        Engine.Checkpoint();
        _data.IsOpen = false;
        _data.Write(generation);
    }

    private void End()
    {
        _isEnded = true;
        try
        {
            Engine.Dispose();
        }
        catch (Exception e) when (e is LiteException or IOException or InvalidOperationException or NullReferenceException)
        {
            // After a failure LiteDB may be unable to end. Its streams hold nothing that could be lost by that.
        }
        _log.Release();
        _file.Dispose();
    }
}
