using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace ServersGrpc.Listening.OnePort;

/// <summary>
/// Tells who speaks http:// to an https address what is wrong, in words. Kestrel would only close the connection. A handshake begins with a
/// byte that no request begins with.
/// </summary>
internal static class CleartextOnTls
{
    private static ReadOnlySpan<byte> Answer =>
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"u8
        + "This address speaks https only: write https:// in place of http://.\n"u8;

    /// <summary>To stand before the handshake.</summary>
    public static ConnectionDelegate Refuse(ConnectionDelegate next, TimeSpan timeout, TimeProvider time) => async connection =>
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        try
        {
            if (!await BeginsWithLetterAsync(connection, deadline.Token))
            {
                await next(connection);
                return;
            }
            connection.Transport.Output.Write(Answer);
            await connection.Transport.Output.FlushAsync(deadline.Token);
            await connection.Transport.Output.CompleteAsync();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The handshake did not begin in time, or the caller has gone. The connection ends here, without a reset.
            return;
        }
    };

    private static async Task<bool> BeginsWithLetterAsync(ConnectionContext connection, CancellationToken cancellationToken)
    {
        var read = await connection.Transport.Input.ReadAsync(cancellationToken);
        var isLetter = !read.Buffer.IsEmpty && char.IsAsciiLetter((char)read.Buffer.FirstSpan[0]);
        // Nothing is marked as examined, so that the handshake reads the same bytes again at once.
        connection.Transport.Input.AdvanceTo(read.Buffer.Start);
        return isLetter;
    }
}
