using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Simulation.Checks;

/// <summary>Reads the events of one server as people would: do they explain its life, in order?</summary>
internal static class LifeStory
{
    private static readonly Dictionary<ServerState, ServerState[]> Follows = new()
    {
        [ServerState.Pending] = [ServerState.Creating, ServerState.Shutdown],
        [ServerState.Creating] = [ServerState.Created, ServerState.Error, ServerState.Shutdown],
        [ServerState.Created] = [ServerState.Staging, ServerState.Shutdown],
        [ServerState.Staging] = [ServerState.Running, ServerState.Error, ServerState.Stopping, ServerState.Shutdown],
        [ServerState.Running] = [ServerState.Error, ServerState.Stopping, ServerState.Shutdown],
        [ServerState.Shutdown] = [ServerState.Stopping],
        [ServerState.Stopping] = [ServerState.Stopped],
        [ServerState.Stopped] = [],
        [ServerState.Error] = [ServerState.Shutdown],
    };

    /// <summary>What does not hang together; null: all of it does.</summary>
    /// <param name="row">The server; null: it is purged.</param>
    /// <param name="story">Its events, in order.</param>
    /// <param name="isClockSteady">Whether the clock never was set.</param>
    public static string? WhatIsWrong(ServerRecord? row, IReadOnlyList<ServerEvent> story, bool isClockSteady)
    {
        if (story[0] is not { Reason: "ProvisionRequested", State: ServerState.Pending })
            return $"it begins with {story[0].Reason}";
        for (var i = 1; i < story.Count; i++)
        {
            var (before, after) = (story[i - 1], story[i]);
            if (after.State != before.State && !Follows[before.State].Contains(after.State))
                return $"{after.State} ({after.Reason}) follows {before.State} ({before.Reason})";
            if (after.Revision <= before.Revision || (isClockSteady && after.Time < before.Time))
                return $"{after.Reason} comes before {before.Reason}";
            if (before.Reason == "Purged")
                return $"{after.Reason} follows its end";
        }
        var last = story[^1];
        if (row is null)
            return last.Reason == "Purged" && last.State is ServerState.Stopped or ServerState.Error ? null : $"it is gone after {last.Reason}";
        return row.State == last.State ? null : $"it is in state {row.State}, and the last that is told is {last.State} ({last.Reason})";
    }
}
