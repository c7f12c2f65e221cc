using System.Diagnostics;
using ServersGrpc.Benchmarks.Results;

namespace ServersGrpc.Benchmarks.Engine;

/// <summary>What it takes to look for servers that are due when none is.</summary>
internal static class Claims
{
    private const int Count = 300;

    /// <summary>Milliseconds, the median.</summary>
    public static async Task<double> MeasureAsync(EngineHost engine, CancellationToken cancellationToken)
    {
        var claims = new List<double>();
        for (var i = 0; i < Count; i++)
        {
            var now = TimeProvider.System.GetUtcNow();
            var began = Stopwatch.GetTimestamp();
            await engine.Store.ClaimAsync(new("bench", now, now + TimeSpan.FromMinutes(1)), 64, _ => 48, cancellationToken);
            claims.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return new Samples(claims).Median;
    }
}
