namespace ServersGrpc.Engine.Lifecycle;

/// <summary>What is done about instances of this installation that no server has.</summary>
public enum SweepMode
{
    /// <summary>They are removed.</summary>
    Destroy,

    /// <summary>They are told of in the log and the metrics, and stay.</summary>
    Log,
}
