namespace ServersGrpc.Engine.Providers;

/// <summary>The four kinds of failure that a provider can name. What it can't name is unknown.</summary>
public enum ProviderFault
{
    /// <summary>The instance is not there.</summary>
    NotFound,

    /// <summary>Out of stock, or over a quota: wait long.</summary>
    CapacityUnavailable,

    /// <summary>Overload, server error, network: try again soon. The call may have had its effect.</summary>
    Transient,

    /// <summary>The request can never succeed: a bad image, bad credentials.</summary>
    Rejected,
}
