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
    private readonly IStoreDirectory _directory;
    private readonly string _name;
    private readonly IStoreFile _file;
    private readonly DataStream _data;
    private readonly LogStream _log;
    private readonly int _generation;
    private bool _isBroken;
    private bool _isEnded;

    private LiteFile(IStoreDirectory directory, string name)
    {
        (_directory, _name) = (directory, name);
        LogStream? log = null;
        IStoreFile? file = null;
        try
        {
            file = directory.Open(name);
            log = new(directory, LogOf(name));
            var state = DataFileCheck.Run(file, Path, log, directory.PathOf(LogOf(name)));
            (_file, _log, _generation) = (file, log, state.Generation);
            _data = new(file, Path, state.Free) { Log = log };
            Engine = LiteEngines.Open(_data, _log);
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

    /// <summary>How many pages the data file has.</summary>
    public long Pages => _data.Length / PageStream.PageSize;

    /// <summary>How many of them hold nothing, as of the last checkpoint.</summary>
    public long FreePages => _data.FreePages;

    /// <summary>Bytes that a checkpoint would move to the data file.</summary>
    public long LogLength => _log.Length;

    /// <summary>What the log of a database is called.</summary>
    public static string LogOf(string name) => name + "-log";

    /// <summary>Opens a database, or makes one.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">The data file.</param>
    /// <param name="make">Makes all collections and indexes of a new database; null: there must be one.</param>
    /// <param name="check">Looks at what the database holds. Nothing is written before it returns.</param>
    /// <exception cref="StoreOpenException">The files are not a whole database of this service. They are as they were.</exception>
    public static LiteFile Open(IStoreDirectory directory, string name, Action<LiteEngine>? make, Action<LiteFile> check)
    {
        try
        {
            LiteFile? file = null;
            PageFaultException.Unwrap(() => file = OpenOrMake(directory, name, make, check));
            return file!;
        }
        catch (DamagedFileException e)
        {
            throw new StoreOpenException(e.Message, e);
        }
    }

    /// <summary>Looks at a database that was closed, and writes nothing.</summary>
    /// <exception cref="DamagedFileException">It is not whole.</exception>
    /// <exception cref="StoreOpenException">It is not a whole database of this service.</exception>
    public static void Check(IStoreDirectory directory, string name, Action<LiteFile> check)
    {
        PageFaultException.Unwrap(() =>
        {
            using var file = new LiteFile(directory, name);
            check(file);
        });
    }

    /// <summary>Ends a transaction. When it returns, the transaction is on disk.</summary>
    public void Commit() => Write(() =>
    {
        // Of a transaction that a failed operation ended in silence, what followed was committed piece by piece.
        if (!Engine.Commit())
            throw new InvalidOperationException("LiteDB has no transaction to commit.");
        _log.Harden();
    });

    /// <summary>Moves the log to the data file.</summary>
    public void Checkpoint() => Write(MoveToNext);

    /// <summary>Moves the log to the data file, and leaves nothing of it behind.</summary>
    public void CutLog() => Write(() =>
    {
        MoveToNext();
        _log.Cut();
    });

    /// <summary>Copies the data file, as of the last checkpoint. None may be made meanwhile. For any thread.</summary>
    /// <param name="target">An empty file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="proceed">Asked before each part, and once all is read. Throws to end it.</param>
    public void CopyTo(IStoreFile target, string path, Action proceed) => DataFileCopy.Run(_file, Path, target, path, proceed);

    /// <summary>Copies all documents to a data file without free pages, which takes the place of this one.</summary>
    /// <param name="make">Makes all collections and indexes.</param>
    /// <param name="failed">Told why they could not be copied.</param>
    /// <returns>The database to go on with: another one, or this one where the documents could not be copied.</returns>
    public LiteFile Compact(Action<LiteEngine> make, Action<Exception> failed)
    {
        Checkpoint();
        try
        {
            DataFileWriter.CopyAside(_directory, _name, Engine, make);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LiteException or StoreOpenException or PageFaultException)
        {
            failed(e);
            return this;
        }
        Write(() =>
        {
            End();
            // The log has no commit, so it may stand beside the old file as well as beside the new one, which is closed. It is not written before
            // the new one is certain to be there.
            _directory.Rename(NewFile.Aside(_name), _name);
            _directory.Sync();
        });
        return Open(_directory, _name, _ => { });
    }

    /// <summary>Closes it, and leaves one plain file behind.</summary>
    public void Close() => Write(() =>
    {
        MoveTo(-(_log.Number + 1));
        End();
        _directory.Delete(LogOf(_name));
        _directory.Sync();
    });

    /// <summary>Lets go of it. Nothing is written, in particular nothing that LiteDB still holds.</summary>
    public void Dispose()
    {
        if (!_isEnded)
            End();
    }

    private static LiteFile OpenOrMake(IStoreDirectory directory, string name, Action<LiteEngine>? make, Action<LiteFile> check)
    {
        if (!directory.Exists(name))
        {
            // A new database must not take the place of one whose last writes are still here.
            if (directory.Exists(LogOf(name)))
            {
                throw new StoreOpenException(
                    $"{directory.PathOf(name)} is missing, and its log {directory.PathOf(LogOf(name))} is there. Put it back, or move the log away.");
            }
            if (make is null)
                throw new StoreOpenException($"{directory.PathOf(name)} was there and is missing. Put it back.");
            DataFileWriter.Make(directory, name, make);
        }
        return Open(directory, name, check);
    }

    private static LiteFile Open(IStoreDirectory directory, string name, Action<LiteFile> check)
    {
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

    /// <summary>Moves what was recovered to the data file, and begins a log.</summary>
    private void Start()
    {
        // Left by a copying that was cut off.
        _directory.Delete(NewFile.Aside(_name));
        // A file that was made may have a name that is not on disk yet: the log must not be the only one that is.
        _directory.Sync();
        _log.Rewrite();
        if (_generation > 0)
        {
            MoveToNext();
        }
        else
        {
            MoveTo(_generation);
            // The file may have been copied while it was closed. Each copy goes on with numbers of its own, so that none takes another's log for its own.
            _log.Discard();
            _log.Begin(LogHeader.FreshNumber());
            // A file that says that it needs a log must have one.
            _directory.Sync();
            _data.Write(_log.Number);
        }
        _data.Log = null;
    }

    private void MoveToNext()
    {
        var next = _log.Number + 1;
        MoveTo(next);
        _log.Begin(next);
    }

    private void MoveTo(int generation)
    {
        _data.IsOpen = true;
        Engine.Checkpoint();
        _data.IsOpen = false;
        _data.Write(generation);
    }

    /// <summary>Writes no more after a failure.</summary>
    private void Write(Action write)
    {
        if (_isBroken || _isEnded)
            throw new InvalidOperationException($"{Path} failed before, or was closed.");
        _isBroken = true;
        write();
        _isBroken = false;
    }

    private void End()
    {
        _isEnded = true;
        LiteEngines.End(Engine);
        _log.Release();
        _file.Dispose();
    }
}
