using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace ServersGrpc.Listening.Answers;

/// <summary>
/// What all unary answers together may take that nobody has read yet. A caller that reads never notices: answers leave as fast as they
/// are made, or its next calls wait. Where many connections leave theirs unread, the one that holds most has to go.
/// </summary>
internal sealed class AnswerBudget(LimitsOptions limits, ILogger<AnswerBudget> logger)
{
    private readonly int _max = limits.MaxUnreadAnswers;
    private readonly ConcurrentDictionary<UnreadAnswers, bool> _accounts = [];
    private long _bytes;

    /// <summary>How many bytes may wait on one connection.</summary>
    public int MaxPerConnection { get; } = limits.MaxUnreadAnswersPerConnection;

    public UnreadAnswers Open(ConnectionContext connection)
    {
        var account = new UnreadAnswers(this, connection);
        _accounts.TryAdd(account, true);
        return account;
    }

    public void Close(UnreadAnswers account)
    {
        _accounts.TryRemove(account, out _);
        account.Leave();
    }

    /// <summary>Bytes that wait, or, below zero, that do so no longer.</summary>
    public void Count(long bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) > _max && bytes > 0 && _accounts.Keys.MaxBy(account => account.Bytes) is { } largest)
            CutOff(largest);
    }

    private void CutOff(UnreadAnswers largest)
    {
        if (largest.Leave() is var held and > 0)
        {
            AnswersLog.Unread(logger, largest.Connection.ConnectionId, held, _max);
            largest.Connection.Abort(new ConnectionAbortedException("Too many answers were not read."));
        }
    }
}
