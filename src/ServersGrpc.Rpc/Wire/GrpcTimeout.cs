using System.Globalization;

namespace ServersGrpc.Rpc.Wire;

/// <summary>The grpc-timeout header: one to eight digits and a unit.</summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;

    public static bool TryParse(string value, out TimeSpan timeout)
    {
        timeout = default;
        if (value.Length is < 2 or > MaxDigits + 1
            || !int.TryParse(value.AsSpan(0, value.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var amount)
            || TicksOf(value[^1]) is not { } unit)
        {
            return false;
        }

        timeout = TimeSpan.FromTicks((long)(amount * unit));
        return true;
    }

    /// <summary>The header value, rounded up to whole milliseconds or, where they are too many, coarser.</summary>
    public static string Format(TimeSpan timeout)
    {
        var (amount, unit) = timeout.TotalMilliseconds < 1e8 ? (timeout.TotalMilliseconds, 'm')
            : timeout.TotalMinutes < 1e8 ? (timeout.TotalMinutes, 'M')
            : (timeout.TotalHours, 'H');
        return string.Create(CultureInfo.InvariantCulture, $"{(long)Math.Ceiling(amount)}{unit}");
    }

    private static decimal? TicksOf(char unit) => unit switch
    {
        'H' => TimeSpan.TicksPerHour,
        'M' => TimeSpan.TicksPerMinute,
        'S' => TimeSpan.TicksPerSecond,
        'm' => TimeSpan.TicksPerMillisecond,
        'u' => TimeSpan.TicksPerMicrosecond,
        'n' => TimeSpan.TicksPerMicrosecond / 1000m,
        _ => null,
    };
}
