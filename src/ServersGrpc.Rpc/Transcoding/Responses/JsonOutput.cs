using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ServersGrpc.Rpc.Transcoding.Responses;

/// <summary>
/// JSON on its way to a response. Gathered first: so a small answer has its length, one write and, to HEAD, the same headers; a long one is
/// sent in parts.
/// </summary>
internal sealed class JsonOutput : IDisposable
{
    // Several socket writes' worth. Larger parts would only hold more memory.
    private const int PartSize = 32 * 1024;
    private const int LargestKept = 4 * PartSize;

    private readonly JsonOutputPool _pool;
    private readonly ArrayBufferWriter<byte> _bytes = new(1024);

    public JsonOutput(JsonOutputPool pool)
    {
        _pool = pool;
        Json = new Utf8JsonWriter(_bytes, new JsonWriterOptions
        {
            // Safe where nobody guesses the content type, which nosniff forbids.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            // The compiled writers can only write JSON.
            SkipValidation = true,
        });
    }

    public Utf8JsonWriter Json { get; }

    /// <summary>Whether there is enough to send a part.</summary>
    public bool HasPart => _bytes.WrittenCount + Json.BytesPending >= PartSize;

    /// <summary>Sends all there is as the whole response.</summary>
    public async Task SendWholeAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        Json.Flush();
        response.ContentType = "application/json";
        response.ContentLength = _bytes.WrittenCount;
        await response.BodyWriter.WriteAsync(_bytes.WrittenMemory, cancellationToken);
    }

    /// <summary>Sends what there is so far and goes on.</summary>
    public async Task SendPartAsync(PipeWriter body, CancellationToken cancellationToken)
    {
        Json.Flush();
        await body.WriteAsync(_bytes.WrittenMemory, cancellationToken);
        _bytes.ResetWrittenCount();
    }

    /// <summary>Adds bytes that are no JSON: the framing of a stream.</summary>
    public void WriteRaw(ReadOnlySpan<byte> text)
    {
        Json.Flush();
        // Values that follow are documents of their own, with no comma before them.
        Json.Reset();
        _bytes.Write(text);
    }

    /// <returns>False when it grew too large to be kept.</returns>
    public bool TryReset()
    {
        Json.Reset();
        _bytes.ResetWrittenCount();
        return _bytes.Capacity <= LargestKept;
    }

    public void Dispose() => _pool.Return(this);
}
