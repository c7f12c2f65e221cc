using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using ServersGrpc.Rest;

namespace ServersGrpc.OpenApi;

/// <summary>
/// The file openapi.json, served as it is. It is written by hand; tests hold that it agrees with servers.proto and with what the service
/// answers.
/// </summary>
internal static class OpenApiDocument
{
    private const string Resource = "openapi.json";

    public static byte[] Read()
    {
        using var file = typeof(OpenApiDocument).Assembly.GetManifestResourceStream(Resource)!;
        var document = new byte[file.Length];
        file.ReadExactly(document);
        return document;
    }

    public static void MapDocument(this IEndpointRouteBuilder endpoints)
    {
        var document = Read();
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(document).AsSpan(0, 16))}\"");
        endpoints
            .MapMethods("/openapi.json", [HttpMethods.Get, HttpMethods.Head], http =>
            {
                // Kept, and asked for again: the next version of the service has another one.
                http.Response.Headers.CacheControl = "no-cache";
                return Results.Bytes(document, "application/json", entityTag: tag).ExecuteAsync(http);
            })
            .AllowAnonymous()
            .WithMetadata(TakesNothing.Instance);
    }
}
