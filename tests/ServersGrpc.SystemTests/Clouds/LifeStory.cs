using System.Text.Json.Nodes;

namespace ServersGrpc.SystemTests.Clouds;

/// <summary>Whether the events of a server explain its life, in order.</summary>
internal static class LifeStory
{
    // Where each state may lead. Every state may stay itself: an event need not change it.
    private static readonly Dictionary<string, string[]> Next = new()
    {
        [""] = ["pending"],
        ["pending"] = ["creating", "shutdown", "error"],
        ["creating"] = ["created", "shutdown", "error"],
        ["created"] = ["staging", "shutdown", "error"],
        ["staging"] = ["running", "stopping", "shutdown", "error"],
        ["running"] = ["stopping", "shutdown", "error"],
        ["shutdown"] = ["stopping", "stopped"],
        ["stopping"] = ["stopped"],
        ["stopped"] = [],
        ["error"] = ["shutdown"],
    };

    /// <summary>What is wrong with the events of a server that is in a state, or null. Each must lead to the next, the last to that state.</summary>
    public static string? WhatIsWrong(JsonArray events, string lastState)
    {
        var (state, revision, time) = ("", 0L, 0L);
        foreach (var @event in events)
        {
            var next = (string)@event!["state"]!;
            var (nextRevision, nextTime) = ((long)@event["revision"]!, (long)@event["time"]!);
            if (next != state && !Next[state].Contains(next))
                return $"{@event["reason"]} led from \"{state}\" to \"{next}\"";
            if (nextRevision <= revision)
                return $"{@event["reason"]} has revision {nextRevision} after {revision}";
            // A service that was killed and started again still has the same clock.
            if (nextTime < time)
                return $"{@event["reason"]} lies before the event before it";
            (state, revision, time) = (next, nextRevision, nextTime);
        }
        return state == lastState ? null : $"the events end in \"{state}\", the server is in \"{lastState}\"";
    }
}
