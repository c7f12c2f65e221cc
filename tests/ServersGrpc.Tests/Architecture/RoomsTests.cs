using System.Reflection;
using System.Xml.Linq;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Tests.Architecture.Sample.Lower;
using ServersGrpc.Tests.Architecture.Sample.Upper;

namespace ServersGrpc.Tests.Architecture;

/// <summary>Who may depend on whom: the projects by their references, the rooms of the engine and of the service by what their types use.</summary>
public class RoomsTests
{
    private const string EngineNamespace = "ServersGrpc.Engine";

    private static readonly Assembly EngineAssembly = typeof(ServerRecord).Assembly;

    private const string ServiceNamespace = "ServersGrpc";

    private static readonly Assembly ServiceAssembly = typeof(Hosting).Assembly;

    private static readonly Dictionary<string, string[]> ProjectMayReference = new()
    {
        ["ServersGrpc.Contracts"] = [],
        ["ServersGrpc.Engine"] = [],
        ["ServersGrpc.LiteDb"] = ["ServersGrpc.Engine"],
        ["ServersGrpc"] = ["ServersGrpc.Contracts", "ServersGrpc.Engine", "ServersGrpc.LiteDb"],
        ["ServersGrpc.Cli"] = ["ServersGrpc.Contracts"],
    };

    private static readonly Dictionary<string, string[]> RoomMayUse = new()
    {
        ["Tracing"] = [],
        ["Servers"] = [],
        ["Access"] = ["Servers"],
        ["Providers"] = ["Servers", "Tracing"],
        ["Storage"] = ["Servers", "Access", "Tracing"],
        ["Lifecycle"] = ["Servers", "Providers", "Storage", "Tracing"],
        ["Fleet"] = ["Servers", "Access", "Providers", "Storage", "Tracing"],
    };

    // The rooms of the service; Program and its kind, directly in its namespace, may use all of them.
    private static readonly Dictionary<string, string[]> ServiceRoomMayUse = new()
    {
        ["Errors"] = [],
        ["Agent"] = [],
        ["Listening"] = ["Errors"],
        ["Auth"] = ["Errors"],
        ["Rest"] = ["Errors", "Listening"],
        ["Telemetry"] = ["Errors", "Auth", "Rest"],
        ["OpenApi"] = ["Rest"],
        ["Api"] = ["Errors", "Listening", "Auth", "Rest", "Telemetry"],
        ["Configuration"] = ["Errors", "Agent", "Listening", "Auth", "Telemetry", "OpenApi"],
        ["Commands"] = ["Errors", "Listening", "Auth", "Configuration"],
    };

    public static TheoryData<string> Projects => new(SourceProjects().Select(path => Path.GetFileNameWithoutExtension(path)));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_OnlyWhatItMay(string project)
    {
        var references = References(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path));

        Assert.Contains(project, ProjectMayReference);
        Assert.Empty(references.Except(ProjectMayReference[project]));
    }

    [Fact]
    public void Engine_References_NeitherAspNetNorProtobuf()
    {
        var references = EngineAssembly.GetReferencedAssemblies().Select(name => name.Name!)
            .Concat(References(EngineNamespace, "PackageReference"))
            .Concat(References(EngineNamespace, "FrameworkReference"));

        Assert.DoesNotContain(references, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
            || name.StartsWith("Google.", StringComparison.Ordinal)
            || name.StartsWith("Grpc.", StringComparison.Ordinal));
    }

    [Fact]
    public void EngineRooms_Use_OnlyWhatTheyMay()
    {
        var uses = RoomUses(EngineAssembly, EngineNamespace);

        Assert.NotEmpty(uses);
        Assert.All(uses, use => Assert.Contains(use.From, RoomMayUse));
        Assert.Empty(uses.Where(use => !RoomMayUse[use.From].Contains(use.To)).Select(use => $"{use.From} uses {use.To}: {use.Where}"));
    }

    [Fact]
    public void ServiceRooms_Use_OnlyWhatTheyMay()
    {
        var uses = RoomUses(ServiceAssembly, ServiceNamespace).Where(use => use.From.Length > 0).ToList();

        Assert.NotEmpty(uses);
        Assert.All(uses, use => Assert.Contains(use.From, ServiceRoomMayUse));
        Assert.Empty(uses.Where(use => !ServiceRoomMayUse[use.From].Contains(use.To)).Select(use => $"{use.From} uses {use.To}: {use.Where}"));
    }

    [Fact]
    public void RoomUses_BodyReachesAnotherRoom_IsFound()
    {
        var uses = RoomUses(typeof(RoomsTests).Assembly, "ServersGrpc.Tests.Architecture.Sample");

        var use = Assert.Single(uses);
        Assert.Equal(("Lower", "Upper"), (use.From, use.To));
        Assert.Contains(nameof(Ladder), use.Where, StringComparison.Ordinal);
        Assert.Contains(nameof(Attic), use.Where, StringComparison.Ordinal);
    }

    [Fact]
    public void TypeUses_TypeStaysInItsRoom_NamesNoOther() =>
        Assert.DoesNotContain(typeof(Attic), TypeUses.Of(typeof(Floor)));

    private static IReadOnlyList<(string From, string To, string Where)> RoomUses(Assembly assembly, string parent) =>
    [
        .. from type in assembly.GetTypes()
           let room = Room(type, parent)
           where room is not null
           from used in TypeUses.Of(type)
           where used.Assembly == assembly
           let usedRoom = Room(used, parent)
           where usedRoom is not null && usedRoom != room
           group (type, used) by (room, usedRoom) into pair
           select (pair.Key.room, pair.Key.usedRoom, string.Join(", ", pair.Select(use => $"{use.type} → {use.used}").Distinct())),
    ];

    /// <summary>The namespace directly below the parent; "" for the parent itself, null for what lies elsewhere.</summary>
    private static string? Room(Type type, string parent)
    {
        if (type.Namespace == parent) return "";
        return type.Namespace?.StartsWith(parent + ".", StringComparison.Ordinal) == true
            ? type.Namespace[(parent.Length + 1)..].Split('.')[0]
            : null;
    }

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(Path.Combine(Root(), "src", project, project + ".csproj")).Descendants(kind)
            .Select(reference => reference.Attribute("Include")!.Value);

    private static IEnumerable<string> SourceProjects() =>
        Directory.EnumerateFiles(Path.Combine(Root(), "src"), "*.csproj", SearchOption.AllDirectories);

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ServersGrpc.sln"))) directory = directory.Parent!;
        return directory.FullName;
    }
}
