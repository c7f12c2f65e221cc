using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace ServersGrpc.Rpc.Web;

/// <summary>
/// A response's body that ends with the frame of the trailers, and whose writer encodes if the caller wants text. Whatever is no gRPC
/// goes to the stream, and stays as it is.
/// </summary>
internal sealed class WebResponseBody(IHttpResponseBodyFeature body, TrailersFrame trailers, bool isText) : IHttpResponseBodyFeature
{
    private bool _hasEnded;

    public Stream Stream => body.Stream;

    public PipeWriter Writer { get; } = isText ? new Base64Writer(body.Writer) : body.Writer;

    public void DisableBuffering() => body.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => body.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        body.SendFileAsync(path, offset, count, cancellationToken);

    /// <summary>The response may be complete before its method is done.</summary>
    public async Task CompleteAsync()
    {
        await EndAsync();
        await body.CompleteAsync();
    }

    /// <summary>Writes the trailers, once. A call that failed before its first response has none: its status is in the headers.</summary>
    public async ValueTask EndAsync()
    {
        if (_hasEnded)
            return;
        _hasEnded = true;
        if (trailers.Trailers.Count == 0)
            return;
        trailers.WriteTo(Writer);
        await Writer.FlushAsync(CancellationToken.None);
    }
}
