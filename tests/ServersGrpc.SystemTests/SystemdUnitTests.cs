using System.Globalization;
using System.Text.RegularExpressions;
using ServersGrpc.SystemTests.Harness;
using Xunit.Abstractions;

namespace ServersGrpc.SystemTests;

/// <summary>The unit for systemd, by systemd's own judgment.</summary>
public partial class SystemdUnitTests(ITestOutputHelper output)
{
    // Of 10. What a .NET program, and servers that outlive the service, can't do without is in the unit's comments.
    private const double MostExposed = 1.5;

    private static readonly string Unit = Path.Combine(Repository.Root, "build", "servers-grpc.service");

    [Fact]
    public async Task Unit_Exposure_StaysLow()
    {
        var judged = await ExternalCommand.RunAsync("systemd-analyze", ["security", "--offline=yes", "--no-pager", Unit]);

        output.WriteLine(judged.Output);
        Assert.True(judged.ExitCode == 0, judged.Error);
        var exposure = double.Parse(Exposure().Match(judged.Output).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(exposure, 0, MostExposed);
    }

    [Fact]
    public async Task Unit_Verified_HasNothingWrong()
    {
        // It is where packages install the program; a unit is only right with one that is there.
        var directory = ServiceProcess.NewDirectory();
        try
        {
            var here = Path.Combine(directory, Path.GetFileName(Unit));
            await File.WriteAllTextAsync(here, (await File.ReadAllTextAsync(Unit)).Replace(
                "/opt/servers-grpc/ServersGrpc", Path.Combine(AppContext.BaseDirectory, "ServersGrpc"), StringComparison.Ordinal));

            var verified = await ExternalCommand.RunAsync("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", here]);

            Assert.Equal((0, ""), (verified.ExitCode, string.Join('\n', verified.Error.Split('\n').Where(line => line.Contains("servers-grpc", StringComparison.Ordinal)))));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [GeneratedRegex(@"Overall exposure level for \S+: ([0-9.]+)")]
    private static partial Regex Exposure();
}
