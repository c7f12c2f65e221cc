namespace ServersGrpc.Rpc.Transcoding.Routing;

/// <summary>A field that takes its value from the path.</summary>
/// <param name="FieldPath">The names of the fields that lead to it, joined by dots.</param>
/// <param name="Start">Its first segment.</param>
/// <param name="Count">How many segments it spans.</param>
/// <param name="IsMultiSegment">Whether its value may have slashes of its own, so that an escaped one must stay escaped.</param>
internal sealed record PathVariable(string FieldPath, int Start, int Count, bool IsMultiSegment);
