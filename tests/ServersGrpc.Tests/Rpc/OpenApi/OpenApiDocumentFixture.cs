using System.Text.Json.Nodes;
using Google.Rpc;
using Microsoft.OpenApi;

namespace ServersGrpc.Tests.Rpc.OpenApi;

/// <summary>The document of the gallery, written once for all tests that only read it.</summary>
public sealed class OpenApiDocumentFixture : IAsyncLifetime
{
    internal JsonNode Document { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await using var host = await OpenApiHost.StartAsync(options =>
        {
            options.SecurityScheme = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" };
            options.CommonErrors.Add(Code.Unauthenticated, "without a ticket");
            options.DocumentTransformers.Add(document => document.Info.Summary = "completed");
        });
        Document = JsonNode.Parse(await host.Client.GetStringAsync("/openapi.json"))!;
    }

    public Task DisposeAsync() => Task.CompletedTask;

    internal JsonObject Schema(string id) => Document["components"]!["schemas"]![id]!.AsObject();

    internal JsonNode Operation(string method, string path) =>
        Document["paths"]![path]?[method] ?? throw new ArgumentException($"The document has no {method} {path}.");
}
