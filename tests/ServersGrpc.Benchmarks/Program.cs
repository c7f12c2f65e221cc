using ServersGrpc.Benchmarks;
using ServersGrpc.Benchmarks.Processes;

return args switch
{
    [BareServer.Subcommand, var face, var bodyFile] => await BareServer.RunAsync(face, bodyFile),
    _ => await Suite.RunAsync(args),
};
