namespace ServersGrpc.Engine.Providers.Cloud;

/// <summary>A page of a listing, as the cloud describes it.</summary>
/// <param name="Total">How many items all pages have together; null where the cloud does not say.</param>
/// <param name="HasNext">Whether another page follows.</param>
internal sealed record CloudPage(int? Total, bool HasNext);
