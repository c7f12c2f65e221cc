using ServersGrpc.Simulation.Kills;

namespace ServersGrpc.Simulation;

internal static class Program
{
    private static int Main(string[] args) => args switch
    {
        [WritingProcess.Argument, var directory] => WritingProcess.Run(directory),
        _ => Arguments.Read(args) is { } arguments ? Cli.Run(arguments) : Cli.Explain(),
    };
}
