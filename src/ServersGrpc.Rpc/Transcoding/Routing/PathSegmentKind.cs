namespace ServersGrpc.Rpc.Transcoding.Routing;

internal enum PathSegmentKind
{
    /// <summary>Exactly its text.</summary>
    Literal,

    /// <summary>"*": any one segment that is not empty.</summary>
    One,

    /// <summary>"**": all that is left, even nothing.</summary>
    Rest,
}
