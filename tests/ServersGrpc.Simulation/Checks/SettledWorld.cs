using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Simulation.Callers;
using ServersGrpc.Simulation.Cloud;

namespace ServersGrpc.Simulation.Checks;

/// <summary>
/// What must be so in the end: every acknowledged server runs or is stopped as asked, with exactly one machine for each that runs, none
/// for one that is stopped, and none that nobody knows.
/// </summary>
internal sealed class SettledWorld(World world, IReadOnlyList<SimulatedCloud> clouds, Ledger ledger)
{
    // A server that runs has its next probe before it; what was due long ago and was not done is wedged.
    private static readonly TimeSpan MostOverdue = TimeSpan.FromMinutes(1);

    // A clock that is set on makes things due that nothing wakes for: they are seen to within a minute.
    private static readonly TimeSpan LongestUnnoticed = TimeSpan.FromMinutes(2);

    /// <summary>What is still under way; null: nothing.</summary>
    public string? WaitsFor(IStorageEngine store)
    {
        if (world.Clock.Steady < LongestUnnoticed)
            return "the clock was set";
        var rows = Rows(store);
        var unsettled = rows.FirstOrDefault(row => !IsSettled(row));
        if (unsettled is not null)
            return $"{unsettled.Name} is in state {unsettled.State}, with {Machines(unsettled).Count()} machines ({unsettled.Error})";
        var kept = rows.Where(row => row.State == ServerState.Running).Select(row => row.InstanceId).ToHashSet();
        var leaked = clouds.SelectMany(cloud => cloud.Machines).FirstOrDefault(machine => machine is { IsThere: true, IsOurs: true } && !kept.Contains(machine.Id));
        return leaked is null ? null : $"machine {leaked.Id} of {leaked.Uid} is nobody's";
    }

    /// <summary>Holds the world against the ledger and each server's story.</summary>
    public void Check(IStorageEngine store)
    {
        var rows = Rows(store).ToDictionary(row => row.Uid);
        foreach (var row in rows.Values)
            CheckWakes(row);
        foreach (var foreign in clouds.SelectMany(cloud => cloud.Machines).Where(machine => machine is { IsOurs: false, IsThere: false }))
            world.Violate($"machine {foreign.Id} of another installation is gone");

        var told = new HashSet<string>();
        foreach (var name in ledger.Names)
        {
            foreach (var story in Events(store, name).GroupBy(e => e.Uid))
            {
                told.Add(story.Key);
                CheckServer(story.Key, rows.GetValueOrDefault(story.Key), [.. story]);
            }
        }
        foreach (var (uid, name) in ledger.Acknowledged.Where(entry => !told.Contains(entry.Key)))
            world.Violate($"{name} ({uid}) was acknowledged, and is not known");
    }

    private void CheckServer(string uid, ServerRecord? row, IReadOnlyList<ServerEvent> story)
    {
        if (LifeStory.WhatIsWrong(row, story, isClockSteady: world.Scenario.ClockJumps == 0) is { } wrong)
            world.Violate($"the story of {story[0].Name} ({uid}): {wrong}");
        var isEndWished = story.Any(e => e.Reason == "TerminateRequested");
        if (ledger.IsEnded(uid) && row?.State is not (null or ServerState.Stopped))
            world.Violate($"the end of {row.Name} was acknowledged, and it is in state {row.State}");
        if (isEndWished && row?.State == ServerState.Running)
            world.Violate($"{row.Name} runs, though its end was asked for");
        if (row?.State != ServerState.Running && !isEndWished && WhyNotEnded(uid, story) is { } why)
            world.Violate($"{story[0].Name} does not run, though nobody asked for its end: {why}");
    }

    /// <summary>Where a server that was to run does not: what is wrong with its reasons. Null where they are good.</summary>
    private string? WhyNotEnded(string uid, IReadOnlyList<ServerEvent> story)
    {
        if (world.Scenario.IsCalm)
            return "nothing went wrong";
        var machines = clouds.SelectMany(cloud => cloud.Machines).Where(machine => machine.Uid == uid).ToList();
        return story.FirstOrDefault(e => e.Reason is "InstanceLost" or "Rejected" or "RetriesExhausted" or "NotReady" or "Unreachable")?.Reason switch
        {
            null => "no event tells why",
            "InstanceLost" when !machines.Any(machine => machine.DiedByItself) => "its machine did not die",
            "Rejected" when !clouds.Any(cloud => cloud.HasRejected(uid)) => "no provider rejected it",
            _ => null,
        };
    }

    private void CheckWakes(ServerRecord row)
    {
        if (row.WakeAt is null)
            world.Violate($"{row.Name} is in state {row.State}, and is never looked at again");
        else if (row.WakeAt < world.Clock.Now - MostOverdue)
            world.Violate($"{row.Name} is in state {row.State}, was due at {row.WakeAt}, and was not looked at");
        else if (row.State == ServerState.Running && row.WakeAt > world.Clock.Now + world.Scenario.Options.LeaseDuration + world.Scenario.Options.LivenessInterval)
            world.Violate($"{row.Name} runs, and is not looked at before {row.WakeAt}");
        else if (row.State != ServerState.Running && row.WakeAt > world.Clock.Now + world.Scenario.Options.StoppedRetention)
            world.Violate($"{row.Name} is in state {row.State}, and is not looked at before {row.WakeAt}");
    }

    private bool IsSettled(ServerRecord row) => row.State switch
    {
        ServerState.Running => row is { Probes: 0, Next: null } && Machines(row).ToList() is [{ } only]
            && only.Id == row.InstanceId && only.Address == row.Address && only.Admits(row),
        ServerState.Stopped => !Machines(row).Any(),
        ServerState.Error => !row.MayHaveInstance && !Machines(row).Any(),
        _ => false,
    };

    private IEnumerable<Machine> Machines(ServerRecord row) =>
        clouds.SelectMany(cloud => cloud.Machines).Where(machine => machine.IsThere && machine.Uid == row.Uid);

    // The real store answers from memory, or does its work on a thread of its own.
    private static IReadOnlyList<ServerRecord> Rows(IStorageEngine store) =>
        store.ListAsync(ServerQuery.Everything, null, int.MaxValue, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private static IReadOnlyList<ServerEvent> Events(IStorageEngine store, string name) =>
        store.ListEventsAsync(name, CancellationToken.None).GetAwaiter().GetResult();
}
