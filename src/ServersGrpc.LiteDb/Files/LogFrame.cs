using System.Buffers.Binary;
using System.IO.Hashing;

namespace ServersGrpc.LiteDb.Files;

/// <summary>A page in the log, with what proves that it is whole, of this generation and at its place: generation 12, turn 4, sum 16, page.</summary>
internal static class LogFrame
{
    public const int Seal = LogHeader.GenerationLength + 4 + SumLength;
    public const int Length = Seal + PageStream.PageSize;

    private const int SumLength = 16;
    private const int TurnAt = LogHeader.GenerationLength;
    private const int SumAt = TurnAt + 4;

    public static Span<byte> PageOf(Span<byte> frame) => frame[Seal..];

    /// <summary>Which wait for the disk the page belongs to; the first of a generation is 1.</summary>
    public static uint Turn(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt32LittleEndian(frame[TurnAt..]);

    /// <summary>The number of the generation.</summary>
    public static int Number(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadInt32LittleEndian(frame);

    public static void Close(Span<byte> frame, ReadOnlySpan<byte> generation, uint turn, long place)
    {
        generation.CopyTo(frame);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[TurnAt..], turn);
        Sum(frame, place, frame.Slice(SumAt, SumLength));
    }

    public static bool IsOf(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> generation) => frame[..generation.Length].SequenceEqual(generation);

    public static bool IsWhole(ReadOnlySpan<byte> frame, long place)
    {
        Span<byte> sum = stackalloc byte[SumLength];
        Sum(frame, place, sum);
        return sum.SequenceEqual(frame.Slice(SumAt, SumLength));
    }

    private static void Sum(ReadOnlySpan<byte> frame, long place, Span<byte> into)
    {
        Span<byte> parts = stackalloc byte[SumAt + 8 + SumLength];
        frame[..SumAt].CopyTo(parts);
        BinaryPrimitives.WriteInt64LittleEndian(parts[SumAt..], place);
        XxHash128.Hash(frame[Seal..], parts[(SumAt + 8)..]);
        XxHash128.Hash(parts, into);
    }
}
