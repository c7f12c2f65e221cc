namespace ServersGrpc.SystemTests.Harness;

/// <summary>A server's certificates as files, for programs that take them so.</summary>
internal sealed class Pems : IDisposable
{
    private readonly string _directory = ServiceProcess.NewDirectory();

    public Pems(ServerView server)
    {
        File.WriteAllBytes(CaCertificate, server.CaCert);
        File.WriteAllBytes(Certificate, server.TlsCert);
        File.WriteAllBytes(Key, server.TlsKey);
    }

    public string CaCertificate => Path.Combine(_directory, "ca.pem");

    public string Certificate => Path.Combine(_directory, "cert.pem");

    public string Key => Path.Combine(_directory, "key.pem");

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
