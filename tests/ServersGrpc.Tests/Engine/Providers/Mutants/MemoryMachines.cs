using System.Globalization;
using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.Engine.Providers.Mutants;

/// <summary>A cloud in memory: machines with tags, handed out in pages, removed some time after their removal is accepted.</summary>
internal sealed class MemoryMachines
{
    public const int PageSize = 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, (string InstallationId, Instance Instance)> _machines = [];
    private readonly Dictionary<string, ServerCredentials> _credentials = [];
    private long _last;

    /// <summary>Nothing answers any more.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Removals are accepted and not done.</summary>
    public bool IsStalled { get; set; }

    /// <summary>Makes a machine; where another of the uid is there, that one, unless twice is what is wanted.</summary>
    public Instance Create(string installationId, InstanceSpec spec, bool evenTwice = false)
    {
        lock (_lock)
        {
            ThrowIfBroken();
            if (!evenTwice && Of(installationId, spec.Uid) is [var present, ..])
                return present;
            var id = ++_last;
            var made = new Instance(id.ToString(CultureInfo.InvariantCulture), spec.Uid, spec.Name, $"192.0.2.{id}", TimeProvider.System.GetUtcNow());
            _machines[id] = (installationId, made);
            _credentials[made.Id] = spec.Credentials;
            return made;
        }
    }

    /// <summary>A page of the installation's machines, and whether another follows. "" is every installation.</summary>
    public (IReadOnlyList<Instance> Machines, bool HasNext) Page(string installationId, int number)
    {
        lock (_lock)
        {
            ThrowIfBroken();
            var all = Of(installationId, "");
            return ([.. all.Skip(number * PageSize).Take(PageSize)], all.Count > (number + 1) * PageSize);
        }
    }

    public Instance? Find(string installationId, string uid)
    {
        lock (_lock)
        {
            ThrowIfBroken();
            return Of(installationId, uid) is [var first, ..] ? first : null;
        }
    }

    /// <summary>Accepts the removal of the installation's machines that meet the condition.</summary>
    public void Remove(string installationId, Predicate<Instance> isMeant)
    {
        lock (_lock)
        {
            ThrowIfBroken();
            if (IsStalled)
                return;
            foreach (var (id, machine) in _machines.ToList())
            {
                if ((installationId.Length == 0 || machine.InstallationId == installationId) && isMeant(machine.Instance))
                    _machines.Remove(id);
            }
        }
    }

    /// <summary>Gives the installation's machines that meet the condition new credentials. Returns how many there are.</summary>
    public int Deliver(string installationId, Predicate<Instance> isMeant, ServerCredentials credentials)
    {
        lock (_lock)
        {
            ThrowIfBroken();
            var meant = Of(installationId, "").Where(instance => isMeant(instance)).ToList();
            foreach (var instance in meant)
                _credentials[instance.Id] = credentials;
            return meant.Count;
        }
    }

    public bool Admits(string id, ServerCredentials credentials)
    {
        lock (_lock)
            return _credentials.GetValueOrDefault(id) == credentials;
    }

    private List<Instance> Of(string installationId, string uid) =>
    [
        .. _machines.OrderBy(entry => entry.Key).Select(entry => entry.Value)
            .Where(machine => (installationId.Length == 0 || machine.InstallationId == installationId) && (uid.Length == 0 || machine.Instance.Uid == uid))
            .Select(machine => machine.Instance),
    ];

    private void ThrowIfBroken()
    {
        if (IsBroken)
            throw new ProviderException(ProviderFault.Transient, "Nothing answers.");
    }
}
