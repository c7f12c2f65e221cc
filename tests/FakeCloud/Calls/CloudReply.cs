using System.Text.Json.Nodes;

namespace ServersGrpc.FakeCloud.Calls;

/// <summary>An answer before it is on the wire, where faults can still get at it.</summary>
/// <param name="Body">Null: none.</param>
internal sealed record CloudReply(int Status, JsonObject? Body)
{
    public static readonly CloudReply NoContent = new(StatusCodes.Status204NoContent, Body: null);

    /// <summary>The headers of a listing that leads to its other pages.</summary>
    public string? Link { get; init; }

    public static CloudReply Ok(JsonObject body) => new(StatusCodes.Status200OK, body);

    public static CloudReply Created(JsonObject body) => new(StatusCodes.Status201Created, body);

    public static CloudReply Accepted(JsonObject? body) => new(StatusCodes.Status202Accepted, body);
}
