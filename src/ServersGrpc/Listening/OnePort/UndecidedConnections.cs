using Microsoft.AspNetCore.Connections;

namespace ServersGrpc.Listening.OnePort;

/// <summary>
/// The connections that have not shown their protocol yet: no more than a number, and none left at the end. Where there is one too
/// many, the oldest has to go: whoever means well speaks at once, so that peers which say nothing keep nobody else out.
/// </summary>
internal sealed class UndecidedConnections(int max)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<ConnectionContext> _oldestFirst = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One more than there are, until draining begins: so that zero is reached once, at the end.
    private int _count = 1;

    /// <summary>Takes a connection in.</summary>
    /// <param name="connection">The new one.</param>
    /// <param name="surplus">The one that has to go for it; null as a rule.</param>
    /// <returns>Its place, to leave by.</returns>
    public LinkedListNode<ConnectionContext> Enter(ConnectionContext connection, out ConnectionContext? surplus)
    {
        lock (_lock)
        {
            _count++;
            surplus = null;
            if (_oldestFirst.Count == max)
            {
                surplus = _oldestFirst.First!.Value;
                _oldestFirst.RemoveFirst();
            }
            return _oldestFirst.AddLast(connection);
        }
    }

    /// <summary>A connection is decided, or gone.</summary>
    public void Exit(LinkedListNode<ConnectionContext> place)
    {
        lock (_lock)
        {
            if (place.List is not null)
                _oldestFirst.Remove(place);
            CountDown();
        }
    }

    /// <summary>Completes when every connection left. To be called once, when no more come.</summary>
    public Task DrainAsync()
    {
        lock (_lock)
            CountDown();
        return _drained.Task;
    }

    private void CountDown()
    {
        if (--_count == 0)
            _drained.TrySetResult();
    }
}
