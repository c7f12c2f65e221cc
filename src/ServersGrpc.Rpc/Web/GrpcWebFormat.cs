using Microsoft.AspNetCore.Http;

namespace ServersGrpc.Rpc.Web;

/// <summary>What a gRPC-Web call sends and what it wants back: bytes, or the same bytes as base64.</summary>
internal readonly record struct GrpcWebFormat(bool TextRequest, bool TextResponse, string ResponseType)
{
    private const string Binary = "application/grpc-web";
    private const string Text = "application/grpc-web-text";
    private const string Proto = "+proto";

    /// <summary>False for a request that is no gRPC-Web call with protobuf messages.</summary>
    public static bool TryRead(HttpRequest request, out GrpcWebFormat format)
    {
        format = default;
        if (request.ContentType is not { } contentType || !contentType.StartsWith(Binary, StringComparison.OrdinalIgnoreCase))
            return false;
        var parameters = contentType.IndexOf(';');
        var mediaType = (parameters < 0 ? contentType : contentType.AsSpan(0, parameters)).Trim();
        var namesProto = mediaType.EndsWith(Proto, StringComparison.OrdinalIgnoreCase);
        if (namesProto)
            mediaType = mediaType[..^Proto.Length];
        var isText = mediaType.Equals(Text, StringComparison.OrdinalIgnoreCase);
        if (!isText && !mediaType.Equals(Binary, StringComparison.OrdinalIgnoreCase))
            return false;
        var wantsText = WantsText(request.Headers.Accept) ?? isText;
        format = new GrpcWebFormat(isText, wantsText, (wantsText ? Text : Binary) + (namesProto ? Proto : ""));
        return true;
    }

    /// <summary>Null where the caller does not say.</summary>
    private static bool? WantsText(string? accept) => accept switch
    {
        null => null,
        _ when accept.Contains(Text, StringComparison.OrdinalIgnoreCase) => true,
        _ when accept.Contains(Binary, StringComparison.OrdinalIgnoreCase) => false,
        _ => null,
    };
}
