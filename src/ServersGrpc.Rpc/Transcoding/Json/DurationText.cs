using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>Seconds with at most nine decimals and an "s": "-1.5s". At most 10,000 years either way.</summary>
internal static class DurationText
{
    /// <summary>The longest text that <see cref="Format"/> writes.</summary>
    public const int MaxLength = 24;

    private const long Longest = 315_576_000_000;

    public static bool TryRead(string text, Duration duration)
    {
        var rest = text.AsSpan();
        var sign = rest is ['-', ..] ? -1 : 1;
        if (sign < 0)
            rest = rest[1..];
        var digits = rest.IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0 || (digits > 1 && rest[0] == '0')
            || !long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return false;
        rest = rest[digits..];
        if (!NanosText.TryTake(ref rest, out var nanos) || rest is not "s")
            return false;
        duration.Seconds = sign * seconds;
        duration.Nanos = sign * nanos;
        return seconds <= Longest;
    }

    /// <returns>How much of the room is used.</returns>
    /// <exception cref="InvalidOperationException">The duration is none: out of range, or of two signs.</exception>
    public static int Format(Duration duration, Span<byte> room)
    {
        var (seconds, nanos) = (duration.Seconds, duration.Nanos);
        if (seconds is < -Longest or > Longest || nanos is <= -1_000_000_000 or >= 1_000_000_000
            || (seconds < 0 && nanos > 0) || (seconds > 0 && nanos < 0))
        {
            throw new InvalidOperationException($"There is no duration of {seconds} s and {nanos} ns.");
        }
        var length = 0;
        if (seconds < 0 || nanos < 0)
            room[length++] = (byte)'-';
        Math.Abs(seconds).TryFormat(room[length..], out var digits, provider: CultureInfo.InvariantCulture);
        length += digits;
        length += NanosText.Format(Math.Abs(nanos), room[length..]);
        room[length] = (byte)'s';
        return length + 1;
    }
}
