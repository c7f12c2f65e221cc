using System.Globalization;
using ServersGrpc.Benchmarks;
using ServersGrpc.Benchmarks.Processes;
using ServersGrpc.Benchmarks.Soak;

return args switch
{
    [BareServer.Subcommand, var face, var bodyFile] => await BareServer.RunAsync(face, bodyFile),
    [OfficialServer.Subcommand, var face, var frameFile, .. var guarded] => await OfficialServer.RunAsync(face, frameFile, guarded.Length > 0),
    [OpenServer.Subcommand, .. var arguments] => await OpenServer.RunAsync(arguments),
    [MeteredServer.Subcommand, var program, .. var arguments] => MeteredServer.Run(program, arguments),
    [SoakRun.Subcommand, var minutes] when double.TryParse(minutes, CultureInfo.InvariantCulture, out var length) && length > 0 => await SoakRun.RunAsync(length),
    _ => await Suite.RunAsync(args),
};
