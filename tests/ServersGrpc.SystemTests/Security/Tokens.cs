using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.Security;

/// <summary>Makes tokens as an operator of the service does: by its command, while it runs.</summary>
internal static class Tokens
{
    public static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "ServersGrpc");

    public static Task<CommandResult> CommandAsync(ServiceProcess service, params string[] arguments) =>
        ExternalCommand.RunAsync(Executable, [.. arguments, "--data-directory", service.DataDirectory]);

    public static async Task<string> CreateAsync(ServiceProcess service, string name, string role, params string[] more)
    {
        var made = await CommandAsync(service, ["token", "create", "--name", name, "--role", role, .. more]);
        Assert.True(made.ExitCode == 0, made.Error);
        return made.Output.Trim();
    }

    public static async Task RevokeAsync(ServiceProcess service, string name)
    {
        var revoked = await CommandAsync(service, "token", "revoke", "--name", name);
        Assert.True(revoked.ExitCode == 0, revoked.Error);
    }

    /// <summary>One of each kind. Teams are "a", whom the servers belong to, and "b".</summary>
    public static async Task<IReadOnlyDictionary<Credential, string?>> OfEveryKindAsync(ServiceProcess service)
    {
        string[] otherTeam = ["--scope", "team=b"];
        var tokens = new Dictionary<Credential, string?>
        {
            [Credential.None] = null,
            [Credential.Garbage] = "sgt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            [Credential.Expired] = await CreateAsync(service, "expired", "admin", "--expires", TimeProvider.System.GetUtcNow().AddSeconds(2).ToString("O")),
            [Credential.Revoked] = await CreateAsync(service, "revoked", "admin"),
            [Credential.Viewer] = await CreateAsync(service, "viewer", "viewer"),
            [Credential.Operator] = await CreateAsync(service, "operator", "operator"),
            [Credential.Admin] = await CreateAsync(service, "administrator", "admin"),
            [Credential.OtherTeamsViewer] = await CreateAsync(service, "other.viewer", "viewer", otherTeam),
            [Credential.OtherTeamsOperator] = await CreateAsync(service, "other.operator", "operator", otherTeam),
            [Credential.OtherTeamsAdmin] = await CreateAsync(service, "other.admin", "admin", otherTeam),
        };
        await RevokeAsync(service, "revoked");
        await Eventually.SeeAsync(
            async () => (await CommandAsync(service, "token", "list")).Output, list => list.Contains("expired\n", StringComparison.Ordinal), "a token has expired");
        return tokens;
    }
}
