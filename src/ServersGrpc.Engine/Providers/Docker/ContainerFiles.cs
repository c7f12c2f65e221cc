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

    public static async Task<ReadOnlyMemory<byte>> ArchiveAsync(
        InstanceSpec spec, DockerProviderOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        await using (var archive = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            await WriteAsync($"{options.CertificateDirectory}/ca.pem", spec.Credentials.CaCertificate, ForAll);
            await WriteAsync($"{options.CertificateDirectory}/cert.pem", spec.Credentials.TlsCertificate, ForAll);
            await WriteAsync($"{options.CertificateDirectory}/key.pem", spec.Credentials.TlsKey, OwnerOnly);
            if (spec.UserData.Length > 0)
                await WriteAsync(options.UserDataPath, Encoding.UTF8.GetBytes(spec.UserData), OwnerOnly);

            // No entries of directories: these would change the modes of ones that the image has. The engine makes what is missing.
            async Task WriteAsync(string path, ReadOnlyMemory<byte> content, UnixFileMode mode) => await archive.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.RegularFile, path.TrimStart('/'))
                {
                    Mode = mode,
                    ModificationTime = now,
                    DataStream = new MemoryStream(content.ToArray(), writable: false),
                },
                cancellationToken);
        }
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }
}
