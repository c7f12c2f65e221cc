using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;

namespace ServersGrpc.SystemTests.Hostile.Http2;

/// <summary>An answer as it came over the wire.</summary>
internal sealed record RawAnswer(HttpStatusCode HttpStatus, byte[] Body, HttpResponseHeaders Headers, HttpResponseHeaders Trailers, HttpContentHeaders Content)
{
    public bool IsTrailersOnly => Headers.Contains("grpc-status") && Body.Length == 0;

    public StatusCode? Status =>
        Value("grpc-status") is { } code ? (StatusCode)int.Parse(code, CultureInfo.InvariantCulture) : null;

    public string? Message => Value("grpc-message");

    public static async Task<RawAnswer> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsByteArrayAsync();
        return new RawAnswer(response.StatusCode, body, response.Headers, response.TrailingHeaders, response.Content.Headers);
    }

    /// <summary>The trailer, or the header of an answer of headers alone.</summary>
    public string? Value(string name) =>
        Trailers.TryGetValues(name, out var values) || Headers.TryGetValues(name, out values) ? string.Join(',', values) : null;
}
