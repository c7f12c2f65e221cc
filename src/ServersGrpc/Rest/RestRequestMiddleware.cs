using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Errors;
using ServersGrpc.Listening;

namespace ServersGrpc.Rest;

/// <summary>
/// Reads REST requests in front of transcoding, which is more lenient than a service may be whose callers' typing errors cost machines: unknown,
/// repeated and wrong fields and parameters are refused, all of them named. Transcoding gets the same request in canonical form.
/// </summary>
internal sealed class RestRequestMiddleware(RequestDelegate next, LimitsOptions limits)
{
    // Of a body where none is taken, so much is read to say what is wrong. Some of these paths are open to strangers.
    private const int MostUnwanted = 4096;

    private readonly ConcurrentDictionary<GrpcJsonTranscodingMetadata, RestMethod> _methods = new();

    public Task InvokeAsync(HttpContext http)
    {
        var metadata = http.GetEndpoint()?.Metadata;
        if (metadata?.GetMetadata<GrpcJsonTranscodingMetadata>() is { } transcoding)
            return ReadAsync(http, _methods.GetOrAdd(transcoding, static rest => new(rest.MethodDescriptor, rest.HttpRule)));
        return metadata?.GetMetadata<TakesNothing>() is not null ? RefuseAsync(http) : next(http);
    }

    private async Task ReadAsync(HttpContext http, RestMethod method)
    {
        // Records change, and hold keys.
        http.Response.Headers.CacheControl = "no-store";
        var violations = new List<FieldViolation>();
        if (http.Request.QueryString.HasValue)
            http.Request.QueryString = RestQuery.Read(http.Request, method, violations);
        if (method.IsStream)
            RestStream.Check(http.Request, violations);
        if (await TryReadBodyAsync(http, method.TakesBody ? limits.MaxRequestSize : MostUnwanted) is not { } body)
            return;
        // Transcoding would answer in the charset of the request.
        http.Request.ContentType = "application/json";
        if (method.TakesBody)
            Replace(http.Request, RestBody.Read(body, method, violations));
        else
            RestBody.Refuse(body.Span, violations);
        if (violations.Count > 0)
            await RefuseAsync(http, violations);
        // Its headers are known, and it would have no end.
        else if (method.IsStream && http.Features.Get<HeadRequest>() is not null)
            RestStream.Begin(http);
        else
            await next(http);
    }

    private async Task RefuseAsync(HttpContext http)
    {
        var violations = new List<FieldViolation>();
        RestQuery.Refuse(http.Request, violations);
        if (await TryReadBodyAsync(http, MostUnwanted) is not { } body)
            return;
        RestBody.Refuse(body.Span, violations);
        await (violations.Count > 0 ? RefuseAsync(http, violations) : next(http));
    }

    private static Task RefuseAsync(HttpContext http, List<FieldViolation> violations) =>
        http.WriteRpcStatusAsync(ApiErrors.From(new InvalidRequestException(violations))!);

    private static void Replace(HttpRequest request, byte[] body)
    {
        request.Body = new MemoryStream(body);
        request.ContentLength = body.Length;
    }

    /// <summary>The whole body; null where it can't be had, which is answered then.</summary>
    private async Task<ReadOnlyMemory<byte>?> TryReadBodyAsync(HttpContext http, int max)
    {
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
            return ReadOnlyMemory<byte>.Empty;
        if (http.Request.Headers.ContentEncoding is [{ Length: > 0 } encoding, ..] && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            await http.WriteRpcStatusAsync(
                RpcStatuses.Create(StatusCode.InvalidArgument, $"A body encoded as \"{Shown.Of(encoding)}\" is not taken. Send it as it is.", "UNSUPPORTED_ENCODING"),
                StatusCodes.Status415UnsupportedMediaType);
            return null;
        }
        if (MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) && type.Charset is { HasValue: true } charset && !IsUtf8(charset.Value.Trim('"')))
        {
            await RefuseAsync(http, [new("", $"the body's charset is \"{Shown.Of(charset.Value)}\"; it must be UTF-8")]);
            return null;
        }
        // Counted here: a limit of the server's would end the connection of a caller that is still sending.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await ReadPartAsync(http);
            if (body.WrittenCount + read.Buffer.Length > max)
            {
                http.Request.BodyReader.AdvanceTo(read.Buffer.End);
                await http.WriteRpcStatusAsync(
                    RpcStatuses.Create(
                        StatusCode.InvalidArgument,
                        $"The body has more than {max} bytes{(max == limits.MaxRequestSize ? " (Servers:Limits:MaxRequestSize)" : "")}.", "REQUEST_TOO_LARGE"),
                    StatusCodes.Status413PayloadTooLarge);
                return null;
            }
            foreach (var segment in read.Buffer)
                body.Write(segment.Span);
            http.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return body.WrittenMemory;
        }
    }

    private static async ValueTask<ReadResult> ReadPartAsync(HttpContext http)
    {
        try
        {
            return await http.Request.BodyReader.ReadAsync(http.RequestAborted);
        }
        // Some of what the caller gets wrong the server does not say as such, as the size of a chunk that is beyond all numbers.
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The body can't be read.", e);
        }
    }

    private static bool IsUtf8(string charset) =>
        charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase)
        || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);
}
