namespace ServersGrpc.Engine.Lifecycle;

/// <summary>How the running servers answer.</summary>
/// <param name="Running">How many there are.</param>
/// <param name="Failing">How many of them failed their last probe.</param>
/// <param name="IsSuspended">Too many fail together to be at fault themselves: none is given up for it.</param>
public sealed record LivenessCondition(int Running, int Failing, bool IsSuspended)
{
    internal static readonly LivenessCondition Well = new(0, 0, false);
}
