using System.Net.Sockets;
using System.Text.Json;
using ServersGrpc.Auth;
using ServersGrpc.Auth.Authentication.Tokens;
using ServersGrpc.Configuration;
using ServersGrpc.Engine.Storage;
using ServersGrpc.LiteDb;

namespace ServersGrpc.Commands;

/// <summary>Runs a command: in the service, if one runs on the data directory, or else here.</summary>
internal static class CommandRunner
{
    private const string Setting = "--Servers:";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs a command with its arguments, among which may be settings, as --Servers:KEY=VALUE. Returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var isSetting = arguments.ToLookup(argument => argument.StartsWith(Setting, StringComparison.OrdinalIgnoreCase));
        (string[] settings, arguments) = ([.. isSetting[true]], [.. isSetting[false]]);
        var options = ServersConfiguration.Read(WebApplication.CreateBuilder(CommandLineSettings.Read(settings)).Configuration);
        await using var services = Services(options);
        var parsed = CommandTree.Parse(services.GetRequiredService<Orders>, services.GetRequiredService<DataDirectory>, arguments);
        // Help, or what is wrong with the arguments, is said here.
        if (parsed.Errors.Count > 0 || parsed.Action != parsed.CommandResult.Command.Action)
            return await parsed.InvokeAsync();

        options.DataDirectory = parsed.GetValue<string>(CommandTree.DataDirectory) ?? options.DataDirectory;
        var command = parsed.CommandResult.Command.Name;
        // Only a service's first start makes a directory, the first token that is made for it, and a backup that is restored: a mistyped name must not.
        var makesDirectory = command == CommandTree.Create || (command == CommandTree.Restore && IsThere(parsed.GetRequiredValue<string>(CommandTree.File)));
        if (options.DataDirectory.Length == 0 || (!makesDirectory && !HoldsDatabase(options.DataDirectory)))
            throw new StoreOpenException($"There is no data directory \"{options.DataDirectory}\". Name the service's with {CommandTree.DataDirectory}.");
        if (await TryReachAsync(options.DataDirectory, services) is { } service)
            return await AskAsync(service, command == CommandTree.Backup ? [command, parsed.GetRequiredValue<string>(CommandTree.File)] : arguments);
        if (command != CommandTree.Restore)
            await services.GetRequiredService<TokenRegistry>().LoadAsync(makeAdmin: false, CancellationToken.None);
        return await parsed.InvokeAsync();
    }

    private static bool IsThere(string file) => File.Exists(file) ? true : throw new StoreOpenException($"There is no file {file}.");

    // One of before, or a log whose database is gone, is refused with what to do when it is opened.
    private static bool HoldsDatabase(string directory) =>
        Directory.Exists(directory) && Directory.EnumerateFiles(directory, "servers.*").Any();

    /// <summary>What commands need of the service, and nothing that runs.</summary>
    private static ServiceProvider Services(ServersOptions options) => new ServiceCollection()
        .AddLogging()
        .AddMetrics()
        .AddSingleton(TimeProvider.System)
        .AddSingleton(_ => DataDirectory.Open(options.DataDirectory))
        .AddLiteDbStore(options.Storage, options.InstallationId)
        .AddAuth(options.Auth)
        .AddSingleton<Orders>()
        .BuildServiceProvider();

    /// <summary>A connection to the service that runs on the directory; null where none does, and the directory is held here.</summary>
    private static async Task<Socket?> TryReachAsync(string directory, ServiceProvider services)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            if (ControlSocket.TryConnect(Path.GetFullPath(directory)) is { } service)
                return service;
            try
            {
                services.GetRequiredService<DataDirectory>();
                return null;
            }
            // By a service that starts and does not answer yet, one that stops, or another command.
            catch (DataDirectoryInUseException) when (waited.Elapsed < Patience)
            {
                await Task.Delay(LookInterval);
            }
        }
    }

    private static async Task<int> AskAsync(Socket service, string[] arguments)
    {
        var line = await ExchangeAsync(service, arguments);
        if (line.Length == 0)
            throw new IOException("The service ended, or has no time, before it answered. Try again, and look whether the command was carried out.");
        var answer = JsonSerializer.Deserialize<CommandAnswer>(line)!;
        await Console.Out.WriteAsync(answer.Output);
        await Console.Error.WriteAsync(answer.Errors);
        return answer.ExitCode;
    }

    /// <summary>The service's answer; "" where it ended.</summary>
    private static async Task<string> ExchangeAsync(Socket service, string[] arguments)
    {
        await using var stream = new NetworkStream(service, ownsSocket: true);
        try
        {
            await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(arguments));
            stream.WriteByte((byte)'\n');
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync();
        }
        catch (IOException e) when (e.InnerException is SocketException)
        {
            return "";
        }
    }
}
