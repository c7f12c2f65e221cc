using ServersGrpc.FakeCloud.Client;
using ServersGrpc.FakeCloud.Faults;

namespace ServersGrpc.FakeCloud.Gates;

/// <summary>The gates that stand. They do not outlive the process: neither do the calls before them.</summary>
internal sealed class GateBook
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Gate> _gates = [];
    private long _last;

    public Gate Add(GateOrder order)
    {
        lock (_lock)
        {
            var gate = new Gate(++_last, order);
            _gates[gate.Id] = gate;
            return gate;
        }
    }

    public Gate? Find(long id)
    {
        lock (_lock) return _gates.GetValueOrDefault(id);
    }

    /// <summary>Takes gates away and lets their calls go on, or cuts them off.</summary>
    public void Open(Func<Gate, bool> which, bool goOn)
    {
        List<Gate> opened;
        lock (_lock)
        {
            opened = [.. _gates.Values.Where(which)];
            foreach (var gate in opened) _gates.Remove(gate.Id);
        }

        foreach (var gate in opened) gate.Open(goOn);
    }

    /// <summary>The gate that the call meets. Every gate stops one call only.</summary>
    public Gate? Meet(CallDescription call, CallPoint point)
    {
        lock (_lock)
        {
            foreach (var gate in _gates.Values)
            {
                if (gate.Order.Point != point || gate.Reached.IsCompleted || !call.Fits(gate.Order)) continue;
                if (gate.Seen++ == gate.Order.Skip) return gate;
            }
        }

        return null;
    }
}
