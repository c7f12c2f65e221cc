namespace ServersGrpc.Simulation.Disk;

/// <summary>The lives of one store on one disk, one after the other, until something is wrong.</summary>
internal sealed class Lineage(int seed, ISubject subject)
{
    // A life takes milliseconds. One that does not end waits for something that a dead disk never does.
    private static readonly TimeSpan LongestLife = TimeSpan.FromMinutes(2);

    private readonly List<string> _history = [];
    private LineageStage _stage;

    public Random Random { get; } = new(seed);

    public string? Violation { get; private set; }

    public CampaignCounts Counts { get; set; } = new() { Lineages = 1 };

    public LineageResult Result => new(seed, Violation, _history, Counts with { Acknowledged = subject.Acknowledged });

    /// <summary>
    /// One life: opens the store, compares it with the model, and works. Ends when the disk fails, or after so many steps, and then lets
    /// go of the store or closes it.
    /// </summary>
    /// <param name="disk">Where.</param>
    /// <param name="steps">How often the subject works.</param>
    /// <param name="mayFail">Whether the disk has failed, so that the store may too. No store may fail before.</param>
    /// <param name="opened">Called once the store is open.</param>
    /// <param name="closes">Whether the life ends with a comparison and a clean stop.</param>
    /// <param name="mends">
    /// Called when the store fails at work. Where it returns true, the disk works again: the store must go on by itself, with all that it
    /// acknowledged.
    /// </param>
    public void Live(SimulatedDisk disk, int steps, Func<bool> mayFail, Action? opened = null, bool closes = false, Func<bool>? mends = null)
    {
        _stage = LineageStage.Opening;
        var ended = "let go";
        var work = new Random(Random.Next());
        // A thread of its own: LiteDB keeps an unfinished transaction, and with it the engine, for as long as the thread lives.
        var thread = new Thread(() => Guard(Run)) { IsBackground = true };
        thread.Start();
        if (!thread.Join(LongestLife))
            Violation = $"{_stage}: the life does not end";
        var after = disk.Loss is { } loss ? $" after a loss ({loss})" : "";
        _history.Add($"life {_history.Count + 1}{after}: {_stage}, {subject.Acknowledged} acknowledged; {ended}");

        void Run()
        {
            try
            {
                subject.Open(disk);
                opened?.Invoke();
                _stage = LineageStage.Checking;
                if (!Check())
                    return;
                _stage = LineageStage.Working;
                for (var i = 0; i < steps && !disk.Power.IsOut; i++)
                {
                    if (!Work(work, mayFail, mends, opened))
                        return;
                }
                if (!closes || !Check())
                    return;
                _stage = LineageStage.Closing;
                subject.Close();
                _stage = LineageStage.Closed;
            }
            catch (Exception e) when (mayFail())
            {
                ended = $"{Failure(disk)}; the store threw {e.GetType().Name}: {e.Message}";
            }
            finally
            {
                NoteEnd(mayFail());
                subject.Drop();
            }
        }
    }

    /// <summary>Works once. False: something is wrong.</summary>
    private bool Work(Random random, Func<bool> mayFail, Func<bool>? mends, Action? opened)
    {
        try
        {
            subject.Work(random);
            return true;
        }
        catch (Exception) when (mayFail() && mends is not null)
        {
            if (!mends())
                throw;
        }
        _stage = LineageStage.Recovering;
        Counts = Counts with { Recoveries = Counts.Recoveries + 1 };
        if (!Check())
            return false;
        _stage = LineageStage.Working;
        opened?.Invoke();
        return true;
    }

    private void NoteEnd(bool hasFailed)
    {
        if (_stage == LineageStage.Working && subject.IsInCheckpoint)
            _stage = LineageStage.Checkpoint;
        if (!hasFailed)
            return;
        Counts = Counts with
        {
            InOpening = Counts.InOpening + (_stage == LineageStage.Opening ? 1 : 0),
            InCheckpoint = Counts.InCheckpoint + (_stage == LineageStage.Checkpoint ? 1 : 0),
        };
    }

    // What escapes a thread ends the process.
    private void Guard(Action run)
    {
        try
        {
            run();
        }
        catch (Exception e)
        {
            Violation ??= $"{_stage}: {e}";
        }
    }

    private bool Check()
    {
        var (violation, kept) = subject.Check();
        Counts = Counts with { KeptWhole = Counts.KeptWhole + kept };
        Violation ??= violation;
        return violation is null;
    }

    private static string Failure(SimulatedDisk disk) =>
        disk.Power.IsOut ? $"power lost in {disk.Power.CutIn}" : $"failed: {disk.Faults.Failed[^1]}";
}
