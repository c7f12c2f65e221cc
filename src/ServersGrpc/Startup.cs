using System.Net.Sockets;
using System.Security.Cryptography;
using ServersGrpc.Commands;
using ServersGrpc.Configuration;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Errors;

namespace ServersGrpc;

/// <summary>Turns what keeps the program from its work into one message on standard error, and an exit code.</summary>
internal static class Startup
{
    private const int Failed = 1;

    /// <summary>What the user said, as the standard configuration takes it.</summary>
    /// <exception cref="ConfigurationException">The first word is no setting, and no command.</exception>
    public static string[] Arguments(string[] args) => args is [var word, ..] && !word.StartsWith('-') && !word.StartsWith('/') && !word.Contains('=')
        ? throw new ConfigurationException([$"There is no command \"{word}\". Commands are: {string.Join(", ", CommandTree.Roots)}. Settings are given as --Servers:KEY=VALUE."])
        : CommandLineSettings.Read(args);

    public static Task<int> RunAsync(Func<Task> program) => RunAsync(async () =>
    {
        await program();
        return 0;
    });

    public static async Task<int> RunAsync(Func<Task<int>> program)
    {
        try
        {
            return await program();
        }
        // The causes that the user can mend. A stack would only hide their words.
        catch (Exception e) when (e is ConfigurationException or StoreOpenException or IOException
            or UnauthorizedAccessException or InvalidDataException or SocketException or FormatException or CryptographicException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Failed;
        }
    }
}
