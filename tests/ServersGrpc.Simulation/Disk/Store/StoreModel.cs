namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>What a store must hold: one state, or after a failure one of several, until a look at the store tells which.</summary>
internal sealed class StoreModel
{
    private IReadOnlyList<StoreState> _possible = [StoreState.Empty];
    private string _underWay = "nothing";

    /// <summary>The state, where nothing is open; otherwise as if no write that is under way were there.</summary>
    public StoreState State => _possible[0];

    /// <summary>The first thing that must not have happened.</summary>
    public string? Violation { get; private set; }

    public void Violate(string what) => Violation ??= what;

    /// <summary>Takes over a transaction that was acknowledged.</summary>
    /// <param name="writes">What became of each.</param>
    public void Acknowledge(IReadOnlyList<StoreOutcome> writes)
    {
        var (after, difference) = (new List<StoreState>(), "");
        foreach (var state in _possible)
        {
            if (TryApply(state, writes, out var next, ref difference))
                after.Add(next);
        }
        if (after.Count == 0)
            Violate(difference);
        else
            _possible = after;
    }

    /// <summary>Takes over that a transaction may be there or not.</summary>
    public void Doubt(IReadOnlyList<StoreWrite> writes)
    {
        // Of a transaction that several share there is all or nothing; of a write in parts there may be the first ones.
        var made = writes is [var one]
            ? _possible.SelectMany(state => one.Apply(state).States)
            : _possible.Select(state => writes.Aggregate(state, (next, write) => write.Apply(next).States.LastOrDefault(next)));
        _possible = [.. _possible.Concat(made).Distinct(ReferenceEqualityComparer.Instance).Cast<StoreState>()];
        _underWay = string.Join(", ", writes.Select(write => write.What));
    }

    /// <summary>Takes over what a store holds. Returns whether writes that were under way are there.</summary>
    /// <param name="found">All that the store holds.</param>
    /// <param name="since">From where changes were watched.</param>
    public bool Settle(StoreContents found, long since)
    {
        var fitting = _possible.FirstOrDefault(state => found.IsSame(StoreContents.Of(state, ServerSamples.Names, since)));
        if (fitting is null)
        {
            var nearest = _possible.Select(state => found.DifferenceFrom(StoreContents.Of(state, ServerSamples.Names, since))).MinBy(difference => difference.Length);
            Violate($"{nearest} (of {_possible.Count} states that may be; last under way: {_underWay})");
            return false;
        }
        var isKept = fitting != State;
        (_possible, _underWay) = ([fitting], "nothing");
        return isKept;
    }

    private static bool TryApply(StoreState state, IReadOnlyList<StoreOutcome> writes, out StoreState after, ref string difference)
    {
        after = state;
        foreach (var (write, answer, _) in writes)
        {
            var effect = write.Apply(after);
            if (effect.Answer != answer)
            {
                difference = $"{write.What}: {StoreText.Difference(answer, effect.Answer)}";
                return false;
            }
            after = effect.States.LastOrDefault(after);
        }
        return true;
    }
}
