namespace ServersGrpc.Rpc.Transcoding.Routing;

/// <summary>The path of a google.api.http rule, taken apart: "/v1/{parent=shelves/*}/books:list".</summary>
/// <param name="Segments">What stands between the slashes, variables resolved to the segments that they span.</param>
/// <param name="Verb">What follows the last colon; "" where there is none.</param>
/// <param name="Variables">The variables, in order.</param>
internal sealed record PathTemplate(
    IReadOnlyList<PathSegment> Segments, string Verb, IReadOnlyList<PathVariable> Variables);
