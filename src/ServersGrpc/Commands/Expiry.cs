using System.Globalization;

namespace ServersGrpc.Commands;

/// <summary>How long something is good: for a while from now on, or until a time.</summary>
internal sealed record Expiry(TimeSpan? For, DateTimeOffset? Until)
{
    private const int MostDays = 36_500;

    /// <summary>Reads 90d, 12h, 30m or a time of ISO 8601.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static Expiry Parse(string text)
    {
        if (text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            TimeSpan? unit = text[^1] switch
            {
                'd' => TimeSpan.FromDays(1),
                'h' => TimeSpan.FromHours(1),
                'm' => TimeSpan.FromMinutes(1),
                _ => null,
            };
            if (number <= TimeSpan.FromDays(MostDays) / unit)
                return new(unit * number, null);
        }
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until)
            ? new(null, until)
            : throw new FormatException($"\"{text}\" is neither a time from now on, as 90d, 12h or 30m, nor a time, as 2030-01-31T00:00:00Z.");
    }

    public DateTimeOffset From(DateTimeOffset now) => Until ?? now + For!.Value;
}
