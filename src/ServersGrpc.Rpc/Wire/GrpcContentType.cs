namespace ServersGrpc.Rpc.Wire;

/// <summary>The content types of gRPC: "application/grpc", "application/grpc+proto", with or without parameters.</summary>
internal static class GrpcContentType
{
    public const string Default = "application/grpc";

    private const string Proto = "application/grpc+proto";

    /// <summary>Whether it claims to be gRPC of any kind, so that the answer must be a gRPC one.</summary>
    public static bool Is(string? contentType) => contentType is not null && contentType.StartsWith(Default, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is gRPC with protobuf messages, which is what is served.</summary>
    public static bool IsServed(string? contentType)
    {
        // By far the most frequent one costs one comparison.
        if (contentType is null or Default)
            return contentType is not null;
        var parameters = contentType.IndexOf(';');
        var mediaType = (parameters < 0 ? contentType : contentType.AsSpan(0, parameters)).Trim();
        return mediaType.Equals(Default, StringComparison.OrdinalIgnoreCase) || mediaType.Equals(Proto, StringComparison.OrdinalIgnoreCase);
    }
}
