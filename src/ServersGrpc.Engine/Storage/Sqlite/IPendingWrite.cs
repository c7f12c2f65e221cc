using System.Diagnostics;

namespace ServersGrpc.Engine.Storage.Sqlite;

/// <summary>A write that waits for its turn, and for its transaction to be durable.</summary>
internal interface IPendingWrite
{
    /// <summary>The timestamp of when it began to wait.</summary>
    long Queued { get; }

    /// <summary>The activity that it is asked for in; default where none is recorded.</summary>
    ActivityContext Writer { get; }

    /// <summary>Does the work. A failure that is the write's own is kept for its caller.</summary>
    void Run(WriteSession session);

    /// <summary>The transaction is durable and visible.</summary>
    void Complete();

    /// <summary>The transaction failed; nothing happened.</summary>
    void Fail(Exception fault);
}
