namespace ServersGrpc.Simulation;

internal static class Program
{
    private static int Main(string[] args) => Arguments.Read(args) is { } arguments ? Cli.Run(arguments) : Cli.Explain();
}
