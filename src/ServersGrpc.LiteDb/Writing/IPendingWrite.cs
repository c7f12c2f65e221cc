using System.Diagnostics;

namespace ServersGrpc.LiteDb.Writing;

/// <summary>A write that waits for the writer.</summary>
internal interface IPendingWrite
{
    /// <summary>The timestamp of when it began to wait.</summary>
    long Queued { get; }

    /// <summary>The activity that it was asked for in.</summary>
    ActivityContext Writer { get; }

    /// <summary>Whether it is no part of a transaction, such as a checkpoint.</summary>
    bool IsAlone { get; }

    /// <summary>Runs it as part of a transaction. It fails only when it is completed.</summary>
    void Run(WriteBatch batch);

    /// <summary>Runs it alone.</summary>
    void RunAlone(LiteSession session);

    /// <summary>Tells the outcome, once it is on disk.</summary>
    void Complete();

    /// <summary>Tells that the transaction failed.</summary>
    void Fail(Exception fault);
}
