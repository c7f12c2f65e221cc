using Google.Protobuf.Reflection;

namespace Microsoft.AspNetCore.Grpc.JsonTranscoding;

/// <summary>Options of the REST face.</summary>
public sealed class GrpcJsonTranscodingOptions
{
    /// <summary>The domain of the ErrorInfo that every error carries. Default: "".</summary>
    public string ErrorDomain { get; set; } = "";

    /// <summary>The largest request body in bytes; larger ones are answered 413. Above zero; default 1 MiB.</summary>
    public int MaxRequestBodySize { get; set; } = 1024 * 1024;

    /// <summary>
    /// Types that an Any may hold in JSON, besides those of the served contracts and of the files that they import. Default: none.
    /// </summary>
    public TypeRegistry TypeRegistry { get; set; } = TypeRegistry.Empty;

    /// <summary>
    /// The field of streamed messages that becomes the id of a server-sent event, by its name in the contract. It is an integer, or the start
    /// fails. Messages without it have no id. Default: "revision".
    /// </summary>
    public string EventIdField { get; set; } = "revision";

    /// <summary>
    /// The field of the request that takes the Last-Event-ID with which a reader of server-sent events goes on, by its name in the
    /// contract. Requests without it ignore the header. Default: "since_revision".
    /// </summary>
    public string EventResumeField { get; set; } = "since_revision";
}
