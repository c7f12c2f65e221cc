namespace ServersGrpc.Rpc.Transcoding.Routing;

/// <summary>One segment of a template.</summary>
/// <param name="Kind">What it fits.</param>
/// <param name="Text">The text that a literal fits; "" otherwise.</param>
internal readonly record struct PathSegment(PathSegmentKind Kind, string Text);
