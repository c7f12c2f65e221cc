namespace ServersGrpc.Simulation.Cloud;

/// <summary>What kind of provider it is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsIdempotent">Whether a second create with a uid answers with the first machine; otherwise it makes a second one.</param>
/// <param name="Window">For how long it may miss a machine that was just made. Zero: it never does.</param>
/// <param name="DrainTimeout">How long a server may go on working.</param>
internal sealed record CloudCharacter(string Name, bool IsIdempotent, TimeSpan Window, TimeSpan DrainTimeout)
{
    public static readonly string[] Regions = ["north", "south", "west"];

    private const double AlmostAll = 0.95;

    /// <summary>An effect that comes when its caller has given up comes at most so much later, or never.</summary>
    public TimeSpan LatestEffect => Window / 3 * AlmostAll;

    /// <summary>A machine is missed for at most so long, once after it was made, and once more at some time.</summary>
    public TimeSpan LongestMiss => Window / 3 * AlmostAll;

    /// <summary>For at most so long is a machine missed after it was made in time, if it never is again.</summary>
    public TimeSpan LongestOnlyMiss => Window * AlmostAll;
}
