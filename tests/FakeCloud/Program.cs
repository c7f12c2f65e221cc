using ServersGrpc.FakeCloud;

await using var app = FakeCloudApplication.Build(args);
await app.RunAsync();
