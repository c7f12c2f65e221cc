using System.Globalization;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests.Hostile;

/// <summary>
/// Attacks on the service. Its heap is small, so that memory which grows ends it; and beside every attack a client that behaves is
/// served. An error in its log, a failure that nobody looked at among them, fails the test.
/// </summary>
public abstract class HostileTest(ITestOutputHelper output) : ServiceTest(output)
{
    /// <summary>What a client that behaves is left to wait at most, on a machine that is busy with the attack and other tests.</summary>
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(10);

    /// <summary>The classes of these tests run one after the other: an attack takes the whole machine.</summary>
    protected const string Collection = "Hostile";

    private static readonly TimeSpan LongestAttack = TimeSpan.FromMinutes(2);

    /// <summary>How many descriptors more than before the attack may be open: the bystander's, and a few of the runtime's.</summary>
    private const int FewDescriptors = 16;

    protected const int HeapLimit = 256 << 20;

    // Chance makes many a token that is not valid, and has no time to wait for each refusal.
    protected override string[] Options => ["--Servers:MaxServers=20", "--Servers:Auth:FailureDelay=00:00:00"];

    protected override IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>
    {
        ["DOTNET_GCHeapHardLimit"] = HeapLimit.ToString("X", CultureInfo.InvariantCulture),
    };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        // A machine would be a process, and the wire is the same without.
        await Service.PauseAsync();
        await Service.ProvisionAsync(Bystander.ServerName);
    }

    /// <summary>Attacks beside a client that behaves, and holds the service to what it must be then and afterwards.</summary>
    protected async Task WithstandAsync(Func<Task> attack)
    {
        var descriptors = CountDescriptors();
        var residentBefore = ReadMemory("VmRSS");
        var bystander = Bystander.Start(Service);
        await attack().WaitAsync(LongestAttack);
        var (calls, slowest) = await bystander.StopAsync();

        Output.WriteLine($"Beside it {calls} calls, the slowest in {slowest.TotalMilliseconds:F0} ms.");
        Assert.InRange(slowest, TimeSpan.Zero, Slowest);
        await Eventually.SeeAsync(
            () => Task.FromResult(CountDescriptors()), count => count <= descriptors + FewDescriptors, "the connections are gone");
        Output.WriteLine($"Resident: {residentBefore} MB before, {ReadMemory("VmRSS")} MB after, {ReadMemory("VmHWM")} MB at most.");
        Assert.Equal(Bystander.ServerName, (await Service.GetAsync(Bystander.ServerName)).Name);
    }

    /// <summary>The frames of one call for all servers.</summary>
    private protected byte[] AskForList(int streamId, bool isGrpc) => isGrpc
        ? [
            .. CallFrames.Begin(streamId, CallFrames.Headers(CallFrames.Service + "ListServers", Service.Token)),
            .. CallFrames.Message(streamId, new V1.ListServersRequest()),
        ]
        : AskFor(streamId, "/api/servers");

    private protected byte[] AskFor(int streamId, string path) => CallFrames.Begin(
        streamId,
        [(":method", "GET"), (":scheme", "http"), (":path", path), (":authority", "localhost"), ("authorization", $"Bearer {Service.Token}")],
        end: true);

    private int CountDescriptors() => Directory.GetFileSystemEntries($"/proc/{Service.ProcessId}/fd").Length;

    private int ReadMemory(string name)
    {
        var line = File.ReadLines($"/proc/{Service.ProcessId}/status").Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
