using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Transcoding.Json;

namespace ServersGrpc.Rpc.Transcoding.Responses;

/// <summary>
/// JSON on its way to a response. Gathered first: so a small answer has its length, one write and, to HEAD, the same headers; a long one is
/// sent in parts.
/// </summary>
internal sealed class JsonOutput(JsonOutputPool pool) : IDisposable
{
    // Several socket writes' worth. Larger parts would only hold more memory.
    private const int PartSize = 32 * 1024;
    private const int LargestKept = 4 * PartSize;

    public JsonTextWriter Json { get; } = new();

    /// <summary>Whether there is enough to send a part.</summary>
    public bool HasPart => Json.Length >= PartSize;

    /// <summary>Sends all there is as the whole response.</summary>
    public async Task SendWholeAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        response.ContentType = "application/json";
        response.ContentLength = Json.Length;
        await SendAsync(response.BodyWriter, cancellationToken);
    }

    /// <summary>Sends what there is so far and goes on.</summary>
    public async Task SendPartAsync(PipeWriter body, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await SendAsync(body, cancellationToken);
        Json.Clear();
    }

    /// <summary>Adds bytes that are no JSON: the framing of a stream.</summary>
    public void WriteRaw(ReadOnlySpan<byte> text) => Json.WriteRaw(text);

    /// <returns>False when it grew too large to be kept.</returns>
    public bool TryReset()
    {
        Json.Reset();
        return Json.Capacity <= LargestKept;
    }

    public void Dispose() => pool.Return(this);

    private ValueTask<FlushResult> SendAsync(PipeWriter body, CancellationToken cancellationToken) =>
        PendingFlush.WaitAsync(body, body.WriteAsync(Json.Written, CancellationToken.None), cancellationToken);
}
