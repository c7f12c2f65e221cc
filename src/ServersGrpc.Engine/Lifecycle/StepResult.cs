using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>What a step leaves: the server to save, why, and what comes next.</summary>
internal sealed record StepResult(ServerRecord Server, StepOutcome Outcome, IReadOnlyList<EventDraft> Events)
{
    /// <summary>The next step follows at once, under the same lease.</summary>
    public static StepResult GoOn(ServerRecord server, string reason, string message) =>
        new(server, StepOutcome.GoOn, [new(reason, message, Actor)]);

    /// <summary>The lease ends; the server is due again later, or never.</summary>
    public static StepResult Wait(ServerRecord server, DateTimeOffset? until, string reason, string message) =>
        new(server with { WakeAt = until }, StepOutcome.Wait, [new(reason, message, Actor)]);

    /// <summary>The same, where callers have nothing to see.</summary>
    public static StepResult Wait(ServerRecord server, DateTimeOffset? until) => new(server with { WakeAt = until }, StepOutcome.Wait, []);

    /// <summary>The row is removed; its events stay.</summary>
    public static StepResult Purge(ServerRecord server, string reason, string message) =>
        new(server, StepOutcome.Purge, [new(reason, message, Actor)]);

    /// <summary>Who the lifecycle is in events.</summary>
    public const string Actor = "lifecycle";
}
