namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>A failure as a cloud's API tells it.</summary>
/// <param name="Code">The API's own code; "" where the answer had none.</param>
/// <param name="Message">For people.</param>
/// <param name="Fault">What to do about it.</param>
internal sealed record CloudError(string Code, string Message, ProviderFault Fault);
