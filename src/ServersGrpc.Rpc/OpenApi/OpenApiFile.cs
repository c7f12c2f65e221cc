using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using ServersGrpc.Rpc.Server;

namespace ServersGrpc.Rpc.OpenApi;

/// <summary>
/// The document as a file: made at the end of the start, so that what is wrong with it fails the start, and the same until the process ends.
/// </summary>
internal sealed class OpenApiFile(
    MethodRegistry methods, IOptions<GrpcOpenApiOptions> options, IOptions<GrpcJsonTranscodingOptions> transcoding)
    : IHostedLifecycleService
{
    private const string Gzip = "gzip";

    private readonly Lazy<Content> _content = new(() => Make(OpenApiDocumentBuilder.Build(methods, options.Value, transcoding.Value)));

    /// <summary>Whether it was mapped: nobody waits for a document that is not served.</summary>
    public bool IsServed { get; set; }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Makes the document. By now every service is mapped, and calls are already answered meanwhile.</summary>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (IsServed)
            _ = _content.Value;
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task ServeAsync(HttpContext http)
    {
        var content = _content.Value;
        var (request, response) = (http.Request.GetTypedHeaders(), http.Response.GetTypedHeaders());
        response.ETag = content.Tag;
        response.CacheControl = new CacheControlHeaderValue { NoCache = true };
        http.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (request.IfNoneMatch.Any(tag => tag.Compare(content.Tag, useStrongComparison: false) || tag.Equals(EntityTagHeaderValue.Any)))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        var zipped = request.AcceptEncoding.Any(
            coding => coding.Value.Equals(Gzip, StringComparison.OrdinalIgnoreCase) && coding.Quality != 0);
        if (zipped)
            http.Response.Headers.ContentEncoding = Gzip;
        var bytes = zipped ? content.Zipped : content.Plain;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await http.Response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
    }

    private static Content Make(OpenApiDocument document)
    {
        using var text = new StringWriter { NewLine = "\n" };
        document.SerializeAsV31(new OpenApiJsonWriter(text));
        var plain = Encoding.UTF8.GetBytes(text.ToString());
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.SmallestSize))
            gzip.Write(plain);
        // Weak: the same tag for both encodings.
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(plain).AsSpan(0, 16))}\"", isWeak: true);
        return new Content(plain, zipped.ToArray(), tag);
    }

    private sealed record Content(byte[] Plain, byte[] Zipped, EntityTagHeaderValue Tag);
}
