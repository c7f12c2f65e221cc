namespace ServersGrpc.Rpc.Client;

/// <summary>What all calls of a channel share.</summary>
internal sealed record ChannelSettings(
    HttpClient Http,
    Uri Address,
    int? MaxReceiveMessageSize,
    int? MaxSendMessageSize,
    RetryPolicies Retries,
    TimeProvider Time);
