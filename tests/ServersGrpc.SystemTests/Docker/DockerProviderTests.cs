using ServersGrpc.Engine.Providers;
using ServersGrpc.Engine.Providers.Docker;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.SystemTests.Docker;

/// <summary>What only a real engine can say of the provider.</summary>
[Collection(DockerCollection.Name)]
public sealed class DockerProviderTests(DockerDaemon daemon) : IAsyncLifetime
{
    private readonly string _installation = Guid.NewGuid().ToString("N");

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => daemon.RemoveAllAsync(_installation);

    [Fact]
    public async Task CreateAsync_SizeLabelsAndUserData_AreInTheContainer()
    {
        var provider = NewProvider(DockerInstallation.Options(daemon));
        var spec = NewSpec(provider) with { Size = "large", UserData = "hello", Labels = new Dictionary<string, string> { ["team"] = "ci", ["servers-grpc.uid"] = "forged" } };

        var instance = await provider.CreateAsync(spec, default);

        Assert.Equal("1000000000 134217728 unless-stopped", await InspectAsync(
            instance, "{{.HostConfig.NanoCpus}} {{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}}"));
        Assert.Equal($"ci {spec.Uid}", await InspectAsync(instance, """{{index .Config.Labels "team"}} {{index .Config.Labels "servers-grpc.uid"}}"""));
        Assert.Equal("hello", await ReadAsync(instance, "/etc/servers/user-data"));
        Assert.Contains("-rw-r--r--", await ListAsync(instance, "/certs/server/cert.pem"));
        Assert.Contains("-rw-------", await ListAsync(instance, "/certs/server/key.pem"));
        Assert.StartsWith("127.", instance.Address);
    }

    [Fact]
    public async Task CreateAsync_AfterACreateThatWasCutShort_FinishesIt()
    {
        var provider = NewProvider(DockerInstallation.Options(daemon));
        var spec = NewSpec(provider);
        var id = await HalfMakeAsync(spec);

        Assert.Null(await provider.FindAsync(spec.Uid, default));
        Assert.Equal(id, Assert.Single(await provider.ListAsync(default)).Id);
        Assert.Equal(id, (await provider.CreateAsync(spec, default)).Id);

        Assert.Equal(id, (await provider.FindAsync(spec.Uid, default))?.Id);
        Assert.Contains("-rw-------", await ListAsync(new(id, spec.Uid, spec.Name, "", default), "/certs/server/key.pem"));
    }

    [Fact]
    public async Task DestroyAsync_ByUid_RemovesWhatWasHalfMade()
    {
        var provider = NewProvider(DockerInstallation.Options(daemon));
        var spec = NewSpec(provider);
        await HalfMakeAsync(spec);

        await provider.DestroyAsync(new("", spec.Uid, spec.Name, "", default), default);

        Assert.Empty(await daemon.ContainersAsync(_installation));
    }

    [Fact]
    public async Task DestroyAsync_Created_LeavesNoVolumeEither()
    {
        var provider = NewProvider(DockerInstallation.Options(daemon));
        var instance = await provider.CreateAsync(NewSpec(provider), default);
        Assert.NotEqual("", await daemon.DockerAsync("volume", "ls", "--quiet"));

        await provider.DestroyAsync(instance, default);

        Assert.Empty(await daemon.ContainersAsync(_installation));
        Assert.Equal("", await daemon.DockerAsync("volume", "ls", "--quiet"));
    }

    [Fact]
    public async Task FindAsync_ContainerThatEnded_IsStillThere()
    {
        var provider = NewProvider(DockerInstallation.Options(daemon));
        var instance = await provider.CreateAsync(NewSpec(provider), default);

        await daemon.DockerAsync("kill", instance.Id);

        Assert.Equal(instance, await provider.FindAsync(instance.Uid, default));
        await provider.DestroyAsync(instance, default);
        Assert.Empty(await daemon.ContainersAsync(_installation));
    }

    [Fact]
    public async Task CreateAsync_NoSuchProgram_IsRejectedAndLeavesNothing()
    {
        var options = DockerInstallation.Options(daemon);
        options.Command = ["/no/such/program"];

        await AssertFaultAsync(options, ProviderFault.Rejected, "no such file");
    }

    [Fact]
    public async Task CreateAsync_NoSuchNetwork_IsRejectedAndLeavesNothing()
    {
        var options = DockerInstallation.Options(daemon);
        options.Networks = ["no-such-network"];

        await AssertFaultAsync(options, ProviderFault.Rejected, "network no-such-network not found");
    }

    [Fact]
    public async Task CreateAsync_MoreCpusThanThereAre_IsRejected()
    {
        var options = DockerInstallation.Options(daemon);
        options.Sizes = ["huge=4000/64m"];

        await AssertFaultAsync(options, ProviderFault.Rejected, "Range of CPUs");
    }

    [Fact]
    public async Task CreateAsync_ImageThatIsNotThere_IsRejectedWhereNoneIsPulled()
    {
        var options = DockerInstallation.Options(daemon);
        options.Image = "no-such-image:1";

        await AssertFaultAsync(options, ProviderFault.Rejected, "does not have the image no-such-image:1");
    }

    [Fact]
    public async Task CreateAsync_RegistryThatDoesNotAnswer_IsTransient()
    {
        var options = DockerInstallation.Options(daemon);
        (options.Image, options.Pull) = ("127.0.0.1:1/no-such-image", "missing");

        await AssertFaultAsync(options, ProviderFault.Transient, "the image 127.0.0.1:1/no-such-image can't be pulled");
    }

    [Fact]
    public async Task ListAsync_NoEngine_IsTransient()
    {
        var options = DockerInstallation.Options(daemon);
        options.Endpoint = "unix:///no/such/engine.sock";

        var fault = await Assert.ThrowsAsync<ProviderException>(() => NewProvider(options).ListAsync(default));

        Assert.Equal(ProviderFault.Transient, fault.Fault);
        Assert.Contains("the Docker engine at unix:///no/such/engine.sock", fault.Message);
    }

    [Fact]
    public async Task EveryCall_OverTls_Works()
    {
        var provider = NewProvider(TlsOptions());

        var instance = await provider.CreateAsync(NewSpec(provider), default);

        Assert.Equal(instance, await provider.FindAsync(instance.Uid, default));
        Assert.Equal([instance], await provider.ListAsync(default));
        await provider.DestroyAsync(instance, default);
        Assert.Empty(await provider.ListAsync(default));
    }

    [Fact]
    public async Task ListAsync_CertificateThatTheEngineDoesNotTrust_IsRejected()
    {
        var options = TlsOptions();
        var stranger = NewCredentials("stranger");
        options.CertificateFile = Write("stranger-cert.pem", stranger.TlsCertificate);
        options.KeyFile = Write("stranger-key.pem", stranger.TlsKey);

        var fault = await Assert.ThrowsAsync<ProviderException>(() => NewProvider(options).ListAsync(default));

        Assert.Matches("TLS: .*bad certificate", fault.Message);
        Assert.Equal(ProviderFault.Rejected, fault.Fault);
    }

    [Fact]
    public async Task ListAsync_EngineThatIsNotTrusted_IsRejected()
    {
        var options = TlsOptions();
        options.CaFile = Write("stranger-ca.pem", NewCredentials("stranger").CaCertificate);

        var fault = await Assert.ThrowsAsync<ProviderException>(() => NewProvider(options).ListAsync(default));

        Assert.Equal(ProviderFault.Rejected, fault.Fault);
        Assert.Contains("TLS: The remote certificate is invalid", fault.Message);
    }

    private DockerProvider NewProvider(DockerProviderOptions options) => new(options, _installation, TimeProvider.System);

    private DockerProviderOptions TlsOptions()
    {
        var options = DockerInstallation.Options(daemon);
        options.Endpoint = daemon.TlsEndpoint;
        (options.CaFile, options.CertificateFile, options.KeyFile) = (daemon.CaFile, daemon.CertificateFile, daemon.KeyFile);
        return options;
    }

    private async Task AssertFaultAsync(DockerProviderOptions options, ProviderFault kind, string words)
    {
        var provider = NewProvider(options);

        var fault = await Assert.ThrowsAsync<ProviderException>(() => provider.CreateAsync(NewSpec(provider), default));

        Assert.Equal(kind, fault.Fault);
        Assert.Contains(words, fault.Message);
        Assert.Empty(await daemon.ContainersAsync(_installation));
    }

    /// <summary>What a service leaves that is killed right after the engine made the container.</summary>
    private Task<string> HalfMakeAsync(InstanceSpec spec) => daemon.DockerAsync(
        "create", "--name", $"servers-{_installation}-{spec.Uid}", "--label", $"servers-grpc.installation={_installation}",
        "--label", $"servers-grpc.uid={spec.Uid}", "--label", $"servers-grpc.name={spec.Name}", "--network", "host", PingImage.Name);

    private Task<string> InspectAsync(Instance instance, string format) => daemon.DockerAsync("inspect", "--format", format, instance.Id);

    private async Task<string> ReadAsync(Instance instance, string path)
    {
        var copy = daemon.File("copy");
        await daemon.DockerAsync("cp", $"{instance.Id}:{path}", copy);
        return await File.ReadAllTextAsync(copy);
    }

    private async Task<string> ListAsync(Instance instance, string path)
    {
        var copy = daemon.File("copy");
        await daemon.DockerAsync("cp", $"{instance.Id}:{path}", copy);
        return (await Harness.ExternalCommand.RunAsync("ls", ["-l", copy])).Output;
    }

    private string Write(string name, ReadOnlyMemory<byte> content)
    {
        File.WriteAllBytes(daemon.File(name), content.ToArray());
        return daemon.File(name);
    }

    private static ServerCredentials NewCredentials(string name) => new ServerCredentialsFactory(TimeProvider.System).Create(name);

    private static InstanceSpec NewSpec(DockerProvider provider)
    {
        var name = ServerNames.Generate("agent-");
        return new(
            Guid.NewGuid().ToString("N"), name, provider.Defaults.Image, provider.Defaults.Region, provider.Defaults.Size, UserData: "",
            Labels: new Dictionary<string, string>(), NewCredentials(name));
    }
}
