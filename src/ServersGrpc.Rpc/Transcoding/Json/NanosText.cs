namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>The fraction of a second: a dot and up to nine digits, or nothing.</summary>
internal static class NanosText
{
    private const int MostDigits = 9;

    /// <summary>Takes the fraction off the front of the text.</summary>
    /// <returns>False when there is a dot, but no fraction of up to nine digits.</returns>
    public static bool TryTake(ref ReadOnlySpan<char> text, out int nanos)
    {
        nanos = 0;
        if (text is not ['.', ..])
            return true;
        var digits = text[1..];
        var length = digits.IndexOfAnyExceptInRange('0', '9');
        if (length < 0)
            length = digits.Length;
        if (length is 0 or > MostDigits)
            return false;
        for (var i = 0; i < MostDigits; i++)
            nanos = (nanos * 10) + (i < length ? digits[i] - '0' : 0);
        text = digits[length..];
        return true;
    }

    /// <summary>Writes the fraction with three, six or nine digits, whichever says it all.</summary>
    /// <returns>How much of the room is used.</returns>
    public static int Format(int nanos, Span<byte> room)
    {
        if (nanos == 0)
            return 0;
        var digits = nanos % 1_000_000 == 0 ? 3 : nanos % 1_000 == 0 ? 6 : MostDigits;
        for (var i = digits; i < MostDigits; i++)
            nanos /= 10;
        for (var i = digits; i > 0; i--, nanos /= 10)
            room[i] = (byte)('0' + (nanos % 10));
        room[0] = (byte)'.';
        return digits + 1;
    }
}
