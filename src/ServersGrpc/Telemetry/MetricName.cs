using System.Diagnostics.Metrics;

namespace ServersGrpc.Telemetry;

/// <summary>Turns names of instruments and tags into Prometheus': "servers.store.commit.duration" in "s" is servers_store_commit_duration_seconds.</summary>
internal static class MetricName
{
    public static string Of(Instrument instrument, MetricType type)
    {
        var name = WithSuffix(Plain(instrument.Name), Unit(instrument.Unit));
        return type == MetricType.Counter ? WithSuffix(name, "_total") : name;
    }

    /// <summary>A label's name; of a metric's too, but for colons, which are for rules.</summary>
    public static string Plain(string name)
    {
        var plain = string.Create(name.Length, name, (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '_';
        });
        return plain.Length == 0 || char.IsAsciiDigit(plain[0]) ? "_" + plain : plain;
    }

    private static string WithSuffix(string name, string suffix) => name.EndsWith(suffix, StringComparison.Ordinal) ? name : name + suffix;

    // What stands in braces says what is counted, and is no unit.
    private static string Unit(string? unit) => unit switch
    {
        "s" => "_seconds",
        "By" => "_bytes",
        _ => "",
    };
}
