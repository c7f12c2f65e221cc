using System.Net.Sockets;
using System.Security.Cryptography;
using ServersGrpc.Configuration;
using ServersGrpc.Engine.Storage;

namespace ServersGrpc;

/// <summary>Turns what keeps the program from its work into one message on standard error, and an exit code.</summary>
internal static class Startup
{
    private const int Failed = 1;

    public static async Task<int> RunAsync(Func<Task<int>> program)
    {
        try
        {
            return await program();
        }
        // The causes that the user can mend. A stack would only hide their words.
        catch (Exception e) when (e is ConfigurationException or StoreOpenException or IOException
            or InvalidDataException or SocketException or FormatException or CryptographicException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Failed;
        }
    }
}
