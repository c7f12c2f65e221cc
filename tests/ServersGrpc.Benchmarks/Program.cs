using ServersGrpc.Benchmarks;
using ServersGrpc.Benchmarks.Processes;

return args switch
{
    [BareServer.Subcommand, var face, var bodyFile] => await BareServer.RunAsync(face, bodyFile),
    [MeteredServer.Subcommand, var program, .. var arguments] => MeteredServer.Run(program, arguments),
    _ => await Suite.RunAsync(args),
};
