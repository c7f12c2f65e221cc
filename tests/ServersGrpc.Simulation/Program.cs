using ServersGrpc.Simulation.Kills;

namespace ServersGrpc.Simulation;

internal static class Program
{
    private static int Main(string[] args) => args switch
    {
        [StoreProcess.Argument, var directory] => StoreProcess.Run(directory),
        _ => Arguments.Read(args) is { } arguments ? Cli.Run(arguments) : Cli.Explain(),
    };
}
