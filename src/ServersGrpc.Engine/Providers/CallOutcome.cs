namespace ServersGrpc.Engine.Providers;

/// <summary>How a provider's call ended, as metrics name it.</summary>
internal static class CallOutcome
{
    public const string Ok = "ok";
    public const string NotFound = "not_found";
    public const string Canceled = "canceled";

    /// <param name="failure">What the call threw.</param>
    /// <param name="isCanceled">Whether its caller had given it up.</param>
    public static string Of(Exception failure, bool isCanceled) => failure switch
    {
        ProviderException { Fault: ProviderFault.NotFound } => NotFound,
        ProviderException { Fault: ProviderFault.CapacityUnavailable } => "capacity_unavailable",
        ProviderException { Fault: ProviderFault.Transient } => "transient",
        ProviderException { Fault: ProviderFault.Rejected } => "rejected",
        OperationCanceledException when isCanceled => Canceled,
        _ => "unknown",
    };
}
