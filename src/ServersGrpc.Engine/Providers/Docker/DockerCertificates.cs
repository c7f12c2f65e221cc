using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ServersGrpc.Engine.Providers.Docker;

/// <summary>What a TCP endpoint is trusted by and shown.</summary>
/// <param name="Authority">Signs the engine's certificate.</param>
/// <param name="Client">Is shown to the engine, with its key.</param>
internal sealed record DockerCertificates(X509Certificate2Collection Authority, X509Certificate2 Client)
{
    public static DockerCertificates Load(DockerProviderOptions options)
    {
        var authority = new X509Certificate2Collection();
        authority.ImportFromPemFile(options.CaFile);
        return new(authority, X509Certificate2.CreateFromPemFile(options.CertificateFile, options.KeyFile));
    }

    /// <summary>What keeps the files from being used; null where nothing does.</summary>
    public static string? Problem(DockerProviderOptions options)
    {
        try
        {
            return Load(options).Authority.Count > 0 ? null : $"CaFile {options.CaFile} holds no certificate.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return $"CaFile, CertificateFile and KeyFile can't be used: {exception.Message}";
        }
    }
}
