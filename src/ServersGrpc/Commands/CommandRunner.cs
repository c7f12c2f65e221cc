using System.Net.Sockets;
using System.Text.Json;
using ServersGrpc.Auth;
using ServersGrpc.Auth.Tokens;
using ServersGrpc.Configuration;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc.Commands;

/// <summary>Runs a command: in the service, if one runs on the data directory, or else here.</summary>
internal static class CommandRunner
{
    private const string Setting = "--Servers:";

    /// <summary>Runs a command with its arguments, among which may be settings, as --Servers:KEY=VALUE. Returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var isSetting = arguments.ToLookup(argument => argument.StartsWith(Setting, StringComparison.OrdinalIgnoreCase));
        (string[] settings, arguments) = ([.. isSetting[true]], [.. isSetting[false]]);
        var options = ServersConfiguration.Read(WebApplication.CreateBuilder(Startup.Arguments(settings)).Configuration);
        await using var services = Services(options);
        var parsed = CommandTree.Build(services.GetRequiredService<Orders>).Parse(arguments);
        // Help, or what is wrong with the arguments, is said here.
        if (parsed.Errors.Count > 0 || parsed.Action != parsed.CommandResult.Command.Action)
            return await parsed.InvokeAsync();

        options.DataDirectory = parsed.GetValue<string>(CommandTree.DataDirectory) ?? options.DataDirectory;
        // Only a service's first start makes a directory, and the first token that is made for it: a mistyped name must not.
        if (options.DataDirectory.Length == 0 || (parsed.CommandResult.Command.Name != CommandTree.Create && !Directory.Exists(options.DataDirectory)))
            throw new StoreOpenException($"There is no data directory \"{options.DataDirectory}\". Name the service's with {CommandTree.DataDirectory}.");
        if (ControlSocket.TryConnect(Path.GetFullPath(options.DataDirectory)) is { } service)
            return await AskAsync(service, arguments);
        await services.GetRequiredService<TokenBook>().LoadAsync(makeAdmin: false, CancellationToken.None);
        return await parsed.InvokeAsync();
    }

    /// <summary>What commands need of the service, and nothing that runs.</summary>
    private static ServiceProvider Services(ServersOptions options) => new ServiceCollection()
        .AddLogging()
        .AddMetrics()
        .AddSingleton(TimeProvider.System)
        .AddSingleton(_ => DataDirectory.Open(options.DataDirectory))
        .AddStorage(options.Storage, options.InstallationId)
        .AddAuth(options.Auth)
        .AddSingleton<Orders>()
        .BuildServiceProvider();

    private static async Task<int> AskAsync(Socket service, string[] arguments)
    {
        await using var stream = new NetworkStream(service, ownsSocket: true);
        await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(arguments));
        stream.WriteByte((byte)'\n');
        using var reader = new StreamReader(stream);
        var line = await reader.ReadToEndAsync();
        if (line.Length == 0)
            throw new IOException("The service ended, or has no time, before it answered. Try again, and look whether the command was carried out.");
        var answer = JsonSerializer.Deserialize<CommandAnswer>(line)!;
        await Console.Out.WriteAsync(answer.Output);
        await Console.Error.WriteAsync(answer.Errors);
        return answer.ExitCode;
    }
}
