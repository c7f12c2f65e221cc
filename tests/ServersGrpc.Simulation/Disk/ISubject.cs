using ServersGrpc.LiteDb.Files;

namespace ServersGrpc.Simulation.Disk;

/// <summary>
/// A store under test, with the model of what it must hold. A campaign makes one for each lineage; its model outlives every loss of
/// power and every opening. Calls come one at a time, those of each life from a thread of its own.
/// </summary>
internal interface ISubject
{
    /// <summary>How many writes the store acknowledged.</summary>
    long Acknowledged { get; }

    /// <summary>Whether <see cref="Work"/> is, or was when it threw, in a checkpoint. For the counts only.</summary>
    bool IsInCheckpoint { get; }

    /// <summary>
    /// Whether the store goes on by itself after a failure, as soon as the disk works again. Otherwise it has to be dropped and opened again.
    /// </summary>
    bool RecoversByItself => false;

    /// <summary>Opens the store, or makes it on an empty disk, as a process that starts does. Throws what the store throws.</summary>
    void Open(IStoreDirectory directory);

    /// <summary>
    /// Compares all that the store holds with the model. Everything acknowledged is there; a write that was under way when the store
    /// failed is there whole or not at all, and the model takes over which: from now on the store has to keep to it.
    /// </summary>
    SubjectCheck Check();

    /// <summary>
    /// Does one random thing: a write, a few at the same time, or a checkpoint. The model takes over each write as soon as it is
    /// acknowledged. Throws when the store fails.
    /// </summary>
    void Work(Random random);

    /// <summary>Closes the store as a clean stop does.</summary>
    void Close();

    /// <summary>
    /// Lets go of the store as it must after a failure: nothing is written any more, by any thread. Does not throw. Does nothing where no
    /// store is open.
    /// </summary>
    void Drop();
}

/// <summary>What a comparison of store and model found.</summary>
/// <param name="Violation">What is wrong; null: nothing.</param>
/// <param name="KeptWhole">How many writes that were under way at the last failure are there.</param>
internal readonly record struct SubjectCheck(string? Violation, int KeptWhole);
