using System.Buffers;
using System.IO.Pipelines;

namespace ServersGrpc.Listening.OnePort;

/// <summary>The 24 bytes that begin every HTTP/2 connection (RFC 9113, 3.4) and no HTTP/1.1 request.</summary>
internal static class Http2Preface
{
    private static ReadOnlySpan<byte> Bytes => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Whether the preface comes next. Waits for as many bytes as it takes to know and consumes none of them.</summary>
    public static async Task<bool> IsNextAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var decided = Decide(read.Buffer);
            if (decided is not null || read.IsCompleted)
            {
                // Nothing is marked as examined, so that HTTP reads the same bytes again at once.
                input.AdvanceTo(read.Buffer.Start);
                return decided ?? false;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static bool? Decide(in ReadOnlySequence<byte> seen)
    {
        var length = (int)Math.Min(seen.Length, Bytes.Length);
        Span<byte> start = stackalloc byte[Bytes.Length];
        seen.Slice(0, length).CopyTo(start);
        if (!Bytes.StartsWith(start[..length]))
            return false;
        return length == Bytes.Length ? true : null;
    }
}
