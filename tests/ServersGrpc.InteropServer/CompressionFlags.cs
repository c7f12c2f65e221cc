namespace ServersGrpc.InteropServer;

/// <summary>Which messages of a call came compressed. No server library for C# tells; so the bytes are looked at on their way in.</summary>
internal sealed class CompressionFlags
{
    private const int LengthBytes = 4;

    private readonly List<bool> _flags = [];
    private uint _length;
    private int _lengthBytesLeft;
    private uint _payloadLeft;

    /// <summary>Middleware: puts the flags of a call among its features, if it may have any.</summary>
    public static Task ObserveAsync(HttpContext http, RequestDelegate next)
    {
        // Without an encoding nothing can be compressed, and the body is left as it is.
        if (http.Request.Headers.GrpcEncoding.Count > 0)
        {
            var flags = new CompressionFlags();
            http.Features.Set(flags);
            http.Request.Body = new ObservedStream(http.Request.Body, flags.Observe);
        }

        return next(http);
    }

    /// <summary>Whether the message, the first being 0, was compressed. It must have been read.</summary>
    public static bool IsSet(HttpContext http, int message) => http.Features.Get<CompressionFlags>()?._flags[message] == true;

    private void Observe(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = 1;
            if (_payloadLeft > 0)
            {
                count = (int)Math.Min(_payloadLeft, (uint)bytes.Length);
                _payloadLeft -= (uint)count;
            }
            else if (_lengthBytesLeft > 0)
            {
                _length = (_length << 8) | bytes[0];
                if (--_lengthBytesLeft == 0)
                    _payloadLeft = _length;
            }
            else
            {
                _flags.Add(bytes[0] == 1);
                (_length, _lengthBytesLeft) = (0, LengthBytes);
            }

            bytes = bytes[count..];
        }
    }
}
