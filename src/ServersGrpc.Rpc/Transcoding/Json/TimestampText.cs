using System.Globalization;
using Google.Protobuf.WellKnownTypes;

namespace ServersGrpc.Rpc.Transcoding.Json;

/// <summary>RFC 3339, as proto3 JSON narrows it: capital T and Z, at most nine digits of a second, years 1 to 9999.</summary>
internal static class TimestampText
{
    /// <summary>The longest text that <see cref="Format"/> writes.</summary>
    public const int MaxLength = 30;

    private const string ToTheSecond = "yyyy-MM-dd'T'HH:mm:ss";
    private const int LengthToTheSecond = 19;
    private const long Earliest = -62_135_596_800;
    private const long Latest = 253_402_300_799;
    private const int LargestOffset = 18 * 60;

    public static bool TryRead(string text, Timestamp timestamp)
    {
        if (text.Length <= LengthToTheSecond
            || !DateTime.TryParseExact(
                text.AsSpan(0, LengthToTheSecond), ToTheSecond, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            return false;
        }
        var rest = text.AsSpan(LengthToTheSecond);
        if (!NanosText.TryTake(ref rest, out var nanos) || !TryParseOffset(rest, out var offset))
            return false;
        timestamp.Nanos = nanos;
        timestamp.Seconds = ((local.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond) - (offset * 60);
        return timestamp.Seconds is >= Earliest and <= Latest;
    }

    /// <returns>How much of the room is used.</returns>
    /// <exception cref="InvalidOperationException">The timestamp is none: out of range, or its nanoseconds are.</exception>
    public static int Format(Timestamp timestamp, Span<byte> room)
    {
        if (timestamp is not { Seconds: >= Earliest and <= Latest, Nanos: >= 0 and < 1_000_000_000 })
            throw new InvalidOperationException($"There is no time {timestamp.Seconds} s and {timestamp.Nanos} ns after 1970.");
        var time = new DateTime(DateTime.UnixEpoch.Ticks + (timestamp.Seconds * TimeSpan.TicksPerSecond));
        time.TryFormat(room, out var length, ToTheSecond, CultureInfo.InvariantCulture);
        length += NanosText.Format(timestamp.Nanos, room[length..]);
        room[length] = (byte)'Z';
        return length + 1;
    }

    private static bool TryParseOffset(ReadOnlySpan<char> text, out int minutes)
    {
        minutes = 0;
        if (text is "Z")
            return true;
        if (text is not [('+' or '-') and var sign, >= '0' and <= '9', >= '0' and <= '9', ':', >= '0' and <= '5', >= '0' and <= '9'])
            return false;
        minutes = (((((text[1] - '0') * 10) + text[2] - '0') * 6) + text[4] - '0') * 10 + text[5] - '0';
        // -00:00 says that the offset is not known (RFC 3339, 4.3).
        if (minutes > LargestOffset || (minutes == 0 && sign == '-'))
            return false;
        if (sign == '-')
            minutes = -minutes;
        return true;
    }
}
