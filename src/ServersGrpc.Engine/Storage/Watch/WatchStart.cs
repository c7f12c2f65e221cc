using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Engine.Storage.Watch;

/// <summary>Where a watch begins, as of one instant.</summary>
/// <param name="Servers">The servers then, for a watch that begins with them.</param>
/// <param name="FeedRevision">The revision after which the feed tells all; what was before must come from elsewhere.</param>
/// <param name="Revision">The last revision then.</param>
/// <param name="Present">The revision of the last change then: with it the past ends.</param>
/// <param name="Feed">What comes after.</param>
/// <param name="Place">Where in it.</param>
internal sealed record WatchStart(
    IReadOnlyList<ServerRecord> Servers, long FeedRevision, long Revision, long Present, ChangeFeed Feed, long Place);
