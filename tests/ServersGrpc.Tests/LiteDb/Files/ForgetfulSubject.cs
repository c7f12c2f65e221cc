using ServersGrpc.LiteDb.Files;
using ServersGrpc.Simulation.Disk;

namespace ServersGrpc.Tests.LiteDb.Files;

/// <summary>The database on a disk that forgets some syncs, which a campaign must notice.</summary>
internal sealed class ForgetfulSubject(string forgets) : ISubject
{
    private readonly LiteFileSubject _subject = new();

    public long Acknowledged => _subject.Acknowledged;

    public bool IsInCheckpoint => _subject.IsInCheckpoint;

    public void Open(IStoreDirectory directory) => _subject.Open(new ForgetfulDirectory(directory, forgets));

    public SubjectCheck Check() => _subject.Check();

    public void Work(Random random) => _subject.Work(random);

    public void Close() => _subject.Close();

    public void Drop() => _subject.Drop();
}
