using Microsoft.AspNetCore.Connections;
using ServersGrpc.Listening.Answers;

namespace ServersGrpc.Listening.OnePort;

/// <summary>Lets connections in, up to a number over all addresses, and gives each the account of its unread answers.</summary>
internal sealed class ConnectionGate(LimitsOptions limits, AnswerBudget answers, TimeProvider time, ILogger<ConnectionGate> logger)
{
    private static readonly TimeSpan RefusalLogInterval = TimeSpan.FromMinutes(1);

    private readonly int _max = limits.MaxConnections;
    private readonly Lock _lock = new();
    private int _open;
    private int _refused;
    private long? _refusalLoggedAt;

    /// <summary>Whether the connection may go on; one that may not is aborted. It counts until it is closed.</summary>
    public bool TryAdmit(ConnectionContext connection)
    {
        if (Interlocked.Increment(ref _open) > _max)
        {
            Interlocked.Decrement(ref _open);
            Refuse(connection);
            return false;
        }
        var unread = answers.Open(connection);
        connection.Features.Set(unread);
        connection.ConnectionClosed.UnsafeRegister(
            static state =>
            {
                var (gate, account) = ((ConnectionGate, UnreadAnswers))state!;
                gate.Release(account);
            },
            (this, unread));
        return true;
    }

    private void Release(UnreadAnswers account)
    {
        Interlocked.Decrement(ref _open);
        answers.Close(account);
    }

    private void Refuse(ConnectionContext connection)
    {
        lock (_lock)
        {
            _refused++;
            if (_refusalLoggedAt is not { } last || time.GetElapsedTime(last) >= RefusalLogInterval)
            {
                _refusalLoggedAt = time.GetTimestamp();
                OnePortLog.Refused(logger, _refused, _max);
                _refused = 0;
            }
        }
        connection.Abort(new ConnectionAbortedException("There are too many connections."));
    }
}
