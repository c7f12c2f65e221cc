using System.Formats.Tar;
using System.Text;

namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>
/// The files of a server, as an archive for its container. Not mounts of this machine's files: the engine may run elsewhere, and nothing is
/// left behind when the container is removed.
/// </summary>
internal static class ContainerFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode ForAll = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>All that a new container is given.</summary>
    public static Task<ReadOnlyMemory<byte>> ArchiveAsync(
        InstanceSpec spec, DockerProviderOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var files = Certificates(spec, options);
        if (spec.UserData.Length > 0)
            files = files.Append((options.UserDataPath, Encoding.UTF8.GetBytes(spec.UserData), OwnerOnly));
        return WriteAsync(files, now, cancellationToken);
    }

    /// <summary>What a container is given in place of its certificates. Its user data is its own by now.</summary>
    public static Task<ReadOnlyMemory<byte>> CertificatesAsync(
        InstanceSpec spec, DockerProviderOptions options, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(Certificates(spec, options), now, cancellationToken);

    private static IEnumerable<(string Path, ReadOnlyMemory<byte> Content, UnixFileMode Mode)> Certificates(InstanceSpec spec, DockerProviderOptions options) =>
    [
        ($"{options.CertificateDirectory}/ca.pem", spec.Credentials.CaCertificate, ForAll),
        ($"{options.CertificateDirectory}/cert.pem", spec.Credentials.TlsCertificate, ForAll),
        ($"{options.CertificateDirectory}/key.pem", spec.Credentials.TlsKey, OwnerOnly),
    ];

    private static async Task<ReadOnlyMemory<byte>> WriteAsync(
        IEnumerable<(string Path, ReadOnlyMemory<byte> Content, UnixFileMode Mode)> files, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        await using (var archive = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            // No entries of directories: these would change the modes of ones that the image has. The engine makes what is missing.
            foreach (var (path, content, mode) in files)
            {
                var entry = new PaxTarEntry(TarEntryType.RegularFile, path.TrimStart('/'))
                {
                    Mode = mode,
                    ModificationTime = now,
                    DataStream = new MemoryStream(content.ToArray(), writable: false),
                };
                await archive.WriteEntryAsync(entry, cancellationToken);
            }
        }
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }
}
