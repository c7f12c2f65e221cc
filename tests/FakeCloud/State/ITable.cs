namespace ServersGrpc.FakeCloud.State;

/// <summary>Things of one type that the journal keeps.</summary>
internal interface ITable
{
    string Name { get; }

    /// <summary>Takes what the journal says of a thing.</summary>
    void Load(JournalEntry entry);

    /// <summary>Everything, as the journal keeps it.</summary>
    IEnumerable<JournalEntry> Entries();
}
