using System.Diagnostics;
using ServersGrpc.Benchmarks.Results;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Benchmarks.Load;

/// <summary>What the keys of one server take of a core.</summary>
internal static class Keys
{
    private const int Made = 500;

    /// <summary>Milliseconds for the credentials of one server.</summary>
    public static Samples Measure()
    {
        var factory = new ServerCredentialsFactory(TimeProvider.System);
        var times = new double[Made];
        for (var i = 0; i < Made; i++)
        {
            var began = Stopwatch.GetTimestamp();
            factory.Create("bench");
            times[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }
        return new(times);
    }
}
