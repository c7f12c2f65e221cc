namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>Work that a cloud does in the background.</summary>
/// <param name="Id">The cloud's number of it.</param>
/// <param name="IsRunning">Whether it is still under way.</param>
/// <param name="Error">Why it failed; null where it did not.</param>
internal sealed record CloudAction(long Id, bool IsRunning, CloudError? Error);
