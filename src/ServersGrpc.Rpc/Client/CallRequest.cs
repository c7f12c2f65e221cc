using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using ServersGrpc.Rpc.Wire;

namespace ServersGrpc.Rpc.Client;

/// <summary>The HTTP request of one attempt at a call.</summary>
internal static class CallRequest
{
    /// <param name="address">The method's.</param>
    /// <param name="host">The authority to name; null for the address's own.</param>
    /// <param name="metadata">The caller's.</param>
    /// <param name="timeout">How long the caller still waits; null for ever.</param>
    /// <param name="failedAttempts">How many came before this one.</param>
    /// <param name="content">The messages.</param>
    public static HttpRequestMessage Create(
        Uri address, string? host, Metadata? metadata, TimeSpan? timeout, int failedAttempts, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType = new MediaTypeHeaderValue(GrpcContentType.Default);
        request.Headers.Host = host;
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.TryAddWithoutValidation("grpc-accept-encoding", "identity,gzip");
        foreach (var entry in metadata ?? Metadata.Empty)
            request.Headers.TryAddWithoutValidation(entry.Key, MetadataHeaders.Encode(entry));
        if (timeout is { } span)
            request.Headers.TryAddWithoutValidation("grpc-timeout", GrpcTimeout.Format(span));
        if (failedAttempts > 0)
            request.Headers.TryAddWithoutValidation("grpc-previous-rpc-attempts", failedAttempts.ToString(CultureInfo.InvariantCulture));
        return request;
    }
}
