using System.IO.Compression;

namespace Grpc.AspNetCore.Server;

/// <summary>Options of all services.</summary>
public class GrpcServiceOptions
{
    /// <summary>The largest request, in bytes after decompression; null for no limit. Default: 4 MiB. Larger ones end with RESOURCE_EXHAUSTED.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>The largest response, in bytes before compression; null for no limit. Default: no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>Whether the text of an unforeseen exception reaches the caller. Default: no.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>"gzip" to compress responses for callers that accept it; null for never. Default: gzip.</summary>
    public string? ResponseCompressionAlgorithm { get; set; } = "gzip";

    /// <summary>How hard to compress. Default: fastest.</summary>
    public CompressionLevel? ResponseCompressionLevel { get; set; } = CompressionLevel.Fastest;

    /// <summary>What stands around every method, the first one outermost.</summary>
    public InterceptorCollection Interceptors { get; } = [];
}
