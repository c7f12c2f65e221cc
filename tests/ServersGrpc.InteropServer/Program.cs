using ServersGrpc.InteropServer;

await using var app = InteropApplication.Build(args);
await app.RunAsync();
