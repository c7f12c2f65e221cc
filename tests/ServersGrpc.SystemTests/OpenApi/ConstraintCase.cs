using System.Text.Json.Nodes;

namespace ServersGrpc.SystemTests.OpenApi;

/// <summary>A value at the edge of what the document allows, or one beyond it.</summary>
/// <param name="Name">The operation, the field and the constraint.</param>
/// <param name="Request">What tests/clients/openapi.mjs is to send.</param>
/// <param name="Allowed">Whether the document allows it.</param>
internal sealed record ConstraintCase(string Name, JsonObject Request, bool Allowed);
