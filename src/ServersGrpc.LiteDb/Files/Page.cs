using System.Buffers.Binary;
using System.IO.Hashing;

namespace ServersGrpc.LiteDb.Files;

/// <summary>
/// What is known of LiteDB's pages (file version 8), beyond their bytes. In the data file each page carries a sum where LiteDB keeps the
/// transaction of a page in the log: there it means nothing, and LiteDB's own tools open such a file. Page 0 carries the number of the log that
/// belongs to the file, where LiteDB has a number for its user.
/// </summary>
internal static class Page
{
    /// <summary>What is written in one piece, or not at all.</summary>
    public const int Sector = 512;

    private const int TransactionAt = 14;
    private const int IsConfirmedAt = 18;
    private const int TypeAt = 4;
    private const int MagicAt = 32;
    private const int VersionAt = 59;
    private const int LastPageAt = 64;
    private const int GenerationAt = 76;
    private const byte KnownVersion = 8;

    private static ReadOnlySpan<byte> Magic => "** This is a LiteDB file **"u8;

    public static uint Number(ReadOnlySpan<byte> page) => BinaryPrimitives.ReadUInt32LittleEndian(page);

    /// <summary>Whether the page ends a transaction.</summary>
    public static bool IsConfirmed(ReadOnlySpan<byte> page) => page[IsConfirmedAt] != 0;

    public static bool IsEmpty(ReadOnlySpan<byte> page) => page[TypeAt] == 0;

    /// <summary>The last page of the file, as page 0 tells it.</summary>
    public static uint LastPage(ReadOnlySpan<byte> first) => BinaryPrimitives.ReadUInt32LittleEndian(first[LastPageAt..]);

    /// <summary>Of page 0: the number of the log that belongs to the file; negative where the file was closed and needs no log.</summary>
    public static int Generation(ReadOnlySpan<byte> first) => BinaryPrimitives.ReadInt32LittleEndian(first[GenerationAt..]);

    public static bool IsOfLiteDb(ReadOnlySpan<byte> first) => first.Slice(MagicAt, Magic.Length).SequenceEqual(Magic);

    /// <summary>The format of the file where it is not the one that is known; null where it is.</summary>
    public static int? OtherVersion(ReadOnlySpan<byte> first) => first[VersionAt] == KnownVersion ? null : first[VersionAt];

    /// <summary>Makes a page of LiteDB's one of the file.</summary>
    public static void Seal(Span<byte> page, int generation)
    {
        page[IsConfirmedAt] = 0;
        if (Number(page) == 0)
            BinaryPrimitives.WriteInt32LittleEndian(page[GenerationAt..], generation);
        BinaryPrimitives.WriteUInt32LittleEndian(page[TransactionAt..], Sum(page));
    }

    /// <summary>Whether a page of the file is what was written, at its place.</summary>
    public static bool IsWhole(Span<byte> page, long place)
    {
        var sum = BinaryPrimitives.ReadUInt32LittleEndian(page[TransactionAt..]);
        var isWhole = Number(page) == place && sum == Sum(page);
        BinaryPrimitives.WriteUInt32LittleEndian(page[TransactionAt..], sum);
        return isWhole;
    }

    /// <summary>Makes a page of the file, or of the log, what LiteDB has in its data file.</summary>
    public static void Unseal(Span<byte> page)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(page[TransactionAt..], uint.MaxValue);
        page[IsConfirmedAt] = 0;
        if (Number(page) == 0)
            BinaryPrimitives.WriteInt32LittleEndian(page[GenerationAt..], 0);
    }

    private static uint Sum(Span<byte> page)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(page[TransactionAt..], 0);
        return Crc32.HashToUInt32(page);
    }
}
