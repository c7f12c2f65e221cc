namespace ServersGrpc.Simulation.Cloud;

/// <summary>A call that a provider has not answered yet.</summary>
internal sealed class CallInFlight(string what, string uid, bool isOfSweep, TimeSpan began)
{
    public string What => what;

    public string Uid => uid;

    public bool IsOfSweep => isOfSweep;

    public TimeSpan Began => began;

    /// <summary>Its caller has given up, and what it asked for may still be done.</summary>
    public bool IsLate { get; set; }

    /// <summary>What the provider would do; null once it is done, or can't be any more.</summary>
    public Action? Effect { get; set; }
}
