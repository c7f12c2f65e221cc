using System.Text.Json;
using System.Text.RegularExpressions;
using ServersGrpc.Engine.Providers;

namespace ServersGrpc.Agent;

/// <summary>As much of a Docker engine's interface as <c>docker version</c> asks for: by that a caller sees that it reaches the server.</summary>
internal static partial class EngineAnswers
{
    /// <summary>The version of the interface, in an answer's header. Clients refuse engines that speak too old a one.</summary>
    public const string ApiVersion = "1.44";

    /// <summary>What an engine says of itself.</summary>
    public static byte[] Version { get; } = WriteVersion();

    /// <summary>Whether the path asks for it. Clients put the version that they speak before it.</summary>
    public static bool IsVersion(string? path) => path is not null && VersionPath().IsMatch(path);

    private static byte[] WriteVersion()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("Platform");
            json.WriteString("Name", "ServersGrpc local server");
            json.WriteEndObject();
            json.WriteString("Version", typeof(EngineAnswers).Assembly.GetName().Version!.ToString(fieldCount: 3));
            json.WriteString("ApiVersion", ApiVersion);
            json.WriteString("MinAPIVersion", ApiVersion);
            json.WriteString("Os", ThisMachine.OperatingSystemName);
            json.WriteString("Arch", ThisMachine.ArchitectureName);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    [GeneratedRegex(@"\A(/v\d+\.\d+)?/version\z")]
    private static partial Regex VersionPath();
}
