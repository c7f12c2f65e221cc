namespace ServersGrpc.Commands;

internal static class CommandServices
{
    /// <summary>Adds the socket by which commands reach the service. Expects tokens and the data directory.</summary>
    public static IServiceCollection AddCommands(this IServiceCollection services) =>
        services.AddSingleton<Orders>().AddHostedService<ControlServer>();
}
