using System.Formats.Tar;
using System.Text.Json;
using System.Text.RegularExpressions;
using ServersGrpc.SystemTests.Harness;

namespace ServersGrpc.SystemTests.Docker;

/// <summary>
/// The smallest image that is a server: a shell and OpenSSL of this machine with the libraries that they load. It answers GET /_ping with OK to
/// clients of the server's authority, and to nobody else.
/// </summary>
internal static partial class PingImage
{
    public const string Name = "servers-ping:1";

    // As process 1 a shell is not ended by a signal that it does not expect.
    private const string Serve =
        """
        trap 'exit 0' TERM
        cd /srv
        openssl s_server -WWW -quiet -accept "${SERVERS_ADDRESS:-0.0.0.0}:2376" -Verify 1 -verify_return_error \
            -cert "$SERVERS_CERTIFICATES/cert.pem" -key "$SERVERS_CERTIFICATES/key.pem" -CAfile "$SERVERS_CERTIFICATES/ca.pem" </dev/null &
        wait
        """;

    public static async Task ImportAsync(DockerDaemon daemon)
    {
        var folder = Directory.CreateDirectory(daemon.File("image")).FullName;
        foreach (var program in new[] { "/bin/sh", "/usr/bin/openssl" })
        {
            Copy(program, folder);
            var loaded = await ExternalCommand.RunAsync("ldd", [program]);
            foreach (Match library in LibraryPath().Matches(loaded.Output))
                Copy(library.Value, folder);
        }
        Directory.CreateDirectory(Path.Combine(folder, "srv"));
        await File.WriteAllTextAsync(Path.Combine(folder, "srv", "_ping"), "OK");
        var archive = daemon.File("image.tar");
        await TarFile.CreateFromDirectoryAsync(folder, archive, includeBaseDirectory: false);
        await daemon.DockerAsync(
            "import", "--change", "ENV PATH=/usr/bin:/bin", "--change", "VOLUME /data",
            "--change", $"CMD {JsonSerializer.Serialize<string[]>(["/bin/sh", "-c", Serve])}", archive, Name);
    }

    private static void Copy(string path, string folder)
    {
        var target = Path.Combine(folder, path.TrimStart('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(path, target, overwrite: true);
    }

    [GeneratedRegex(@"/\S+")]
    private static partial Regex LibraryPath();
}
