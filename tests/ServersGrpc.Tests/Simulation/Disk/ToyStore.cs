using System.Buffers.Binary;
using System.Security.Cryptography;
using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Tests.Simulation.Disk;

/// <summary>
/// A small right store: an append-only log of checked records, each synced before it is acknowledged. A checkpoint, and every opening,
/// writes a new log aside and renames it over the old one.
/// </summary>
internal sealed class ToyStore : IDisposable
{
    private const string Name = "toy.log";
    private const string NewName = Name + ".new";
    private const int SumLength = 16;
    private const int HeaderLength = SumLength + 3 * sizeof(int);

    private readonly SortedDictionary<int, (int Version, byte[] Value)> _values = [];
    private readonly IStoreDirectory _directory;
    private readonly ToyFlaw _flaw;
    private IStoreFile _log;
    private long _end;

    public ToyStore(IStoreDirectory directory, ToyFlaw flaw)
    {
        (_directory, _flaw) = (directory, flaw);
        if (flaw == ToyFlaw.CannotOpenAfterLoss && directory.Exists(NewName))
            throw new InvalidDataException("What is this?");
        var exists = directory.Exists(Name);
        _log = directory.Open(exists ? Name : NewName);
        try
        {
            if (exists)
                Read();
            if (flaw != ToyFlaw.TrustsReadsAfterFailedSync || !exists || _end < _log.Length)
                Checkpoint();
        }
        catch (Exception)
        {
            _log.Dispose();
            throw;
        }
    }

    public IReadOnlyDictionary<int, (int Version, byte[] Value)> Values => _values;

    /// <summary>Returns when the value is on the disk.</summary>
    public void Put(int key, int version, byte[] value)
    {
        Append(_log, ref _end, key, version, value);
        if (_flaw != ToyFlaw.AcknowledgesBeforeSync)
            _log.Sync();
        _values[key] = (version, value);
    }

    public void Checkpoint()
    {
        _directory.Delete(NewName);
        var log = _directory.Open(NewName);
        try
        {
            var end = 0L;
            foreach (var (key, (version, value)) in _values.Skip(_flaw == ToyFlaw.ForgetsAWriteInCheckpoints && _values.Count > 5 ? 1 : 0))
                Append(log, ref end, key, version, value);
            if (_flaw != ToyFlaw.NoSyncBeforeRename)
                log.Sync();
            _directory.Rename(NewName, Name);
            if (_flaw != ToyFlaw.NoDirectorySyncAfterRename)
                _directory.Sync();
            _log.Dispose();
            (_log, _end) = (log, end);
        }
        catch (Exception)
        {
            log.Dispose();
            throw;
        }
    }

    public void Dispose() => _log.Dispose();

    private static void Append(IStoreFile log, ref long end, int key, int version, byte[] value)
    {
        var record = new byte[HeaderLength + value.Length];
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(SumLength), key);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(SumLength + sizeof(int)), version);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(SumLength + 2 * sizeof(int)), value.Length);
        value.CopyTo(record.AsSpan(HeaderLength));
        SHA256.HashData(record.AsSpan(SumLength)).AsSpan(0, SumLength).CopyTo(record);
        log.Write(end, record);
        end += record.Length;
    }

    private void Read()
    {
        while (TryRead(_end) is { } record)
        {
            var key = BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(SumLength));
            _values[key] = (BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(SumLength + sizeof(int))), record[HeaderLength..]);
            _end += record.Length;
        }
    }

    private byte[]? TryRead(long at)
    {
        var header = new byte[HeaderLength];
        if (_log.Read(at, header) < HeaderLength)
            return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(SumLength + 2 * sizeof(int)));
        if (length < 0 || length > _log.Length - at - HeaderLength)
            return null;
        var record = new byte[HeaderLength + length];
        _log.Read(at, record);
        if (_flaw == ToyFlaw.NoChecksum)
            return length == 0 ? null : record;
        return SHA256.HashData(record.AsSpan(SumLength)).AsSpan(0, SumLength).SequenceEqual(header.AsSpan(0, SumLength)) ? record : null;
    }
}
