using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace ServersGrpc.LiteDb.Files;

/// <summary>
/// The beginning of a log: two slots for the generation, written in turn, so that one of them is whole whenever power is lost; then a mark that
/// tells what was certainly on disk. Layout of each: magic 16, generation 12, number 4, sum 16.
/// </summary>
internal sealed class LogHeader(IStoreFile file)
{
    public const int GenerationLength = 12;

    /// <summary>Where the pages begin.</summary>
    public const int Length = 3 * Block;

    private const int Block = 4096;
    private const int MarkAt = 2 * Block;
    private const int GenerationAt = 16;
    private const int NumberAt = GenerationAt + GenerationLength;
    private const int SumAt = NumberAt + 4;
    private const int End = SumAt + 16;

    private readonly byte[] _generation = new byte[GenerationLength];

    private static ReadOnlySpan<byte> Magic => "ServersGrpcLog\0\x01"u8;

    private static ReadOnlySpan<byte> MarkMagic => "ServersGrpcMark\x01"u8;

    /// <summary>Parts the pages of this generation from what was in the file before.</summary>
    public ReadOnlySpan<byte> Generation => _generation;

    /// <summary>The number of the generation; 0 where the file has no whole header.</summary>
    public int Number { get; private set; }

    /// <summary>
    /// A number to begin with, as good as certainly no other log's: neither one of another database, nor one of another copy of this one.
    /// </summary>
    public static int FreshNumber() => RandomNumberGenerator.GetInt32(1, 1 << 30);

    /// <summary>Reads the newer of the two slots that are whole.</summary>
    public void Read()
    {
        Span<byte> slot = stackalloc byte[End];
        for (var i = 0; i < 2; i++)
        {
            if (!TryRead(i * Block, Magic, slot) || BinaryPrimitives.ReadInt32LittleEndian(slot[NumberAt..]) is var number && number <= Number)
                continue;
            Number = number;
            slot.Slice(GenerationAt, GenerationLength).CopyTo(_generation);
        }
    }

    /// <summary>Begins a generation. From here on no page of before counts.</summary>
    public void Begin(int number)
    {
        Number = number;
        BinaryPrimitives.WriteInt32LittleEndian(_generation, number);
        RandomNumberGenerator.Fill(_generation.AsSpan(4));
        Span<byte> sector = stackalloc byte[Page.Sector];
        sector.Clear();
        if (file.Length < Length)
            file.SetLength(Length);
        Write(sector, Magic, number);
        file.Write(number % 2 * Block, sector);
        file.Sync();
        // Only now: where this header is damaged later, the one before it must not be taken for the newest.
        sector.Clear();
        file.Write((number + 1) % 2 * Block, sector);
    }

    /// <summary>Ends the last generation: the file is no log any more.</summary>
    public void Erase() => file.Write(0, new byte[Length]);

    /// <summary>Writes the slot of this generation again.</summary>
    public void Rewrite()
    {
        Span<byte> sector = stackalloc byte[Page.Sector];
        sector.Clear();
        Write(sector, Magic, Number);
        file.Write(Number % 2 * Block, sector);
    }

    /// <summary>
    /// Notes that all up to a turn is on disk. Not waited for: without it, what is damaged at the end of the log looks like what power cut off.
    /// </summary>
    public void Mark(uint turn)
    {
        Span<byte> sector = stackalloc byte[Page.Sector];
        sector.Clear();
        Write(sector, MarkMagic, (int)turn);
        file.Write(MarkAt, sector);
    }

    /// <summary>The last turn that was certainly on disk; 0 where none is known.</summary>
    public uint ReadMark()
    {
        Span<byte> mark = stackalloc byte[End];
        return TryRead(MarkAt, MarkMagic, mark) && mark.Slice(GenerationAt, GenerationLength).SequenceEqual(_generation)
            ? BinaryPrimitives.ReadUInt32LittleEndian(mark[NumberAt..])
            : 0;
    }

    private void Write(Span<byte> sector, ReadOnlySpan<byte> magic, int number)
    {
        magic.CopyTo(sector);
        _generation.CopyTo(sector[GenerationAt..]);
        BinaryPrimitives.WriteInt32LittleEndian(sector[NumberAt..], number);
        XxHash128.Hash(sector[..SumAt], sector[SumAt..]);
    }

    private bool TryRead(long at, ReadOnlySpan<byte> magic, Span<byte> into)
    {
        Span<byte> sum = stackalloc byte[16];
        return file.Read(at, into) == End && into[..magic.Length].SequenceEqual(magic)
            && XxHash128.Hash(into[..SumAt], sum) > 0 && sum.SequenceEqual(into.Slice(SumAt, 16));
    }
}
