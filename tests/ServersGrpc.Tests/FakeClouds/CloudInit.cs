using System.Text;
using ServersGrpc.Engine.Servers;

namespace ServersGrpc.Tests.FakeClouds;

/// <summary>User data as it may be sent to a machine, with a server's certificates in it.</summary>
internal static class CloudInit
{
    /// <summary>The certificates as readable blocks, with names that speak for themselves.</summary>
    public static string Plain(ServerCredentials credentials) =>
        $"""
        #cloud-config
        packages: [docker.io]
        write_files:
          - path: /etc/docker/ca.pem
            permissions: '0644'
            content: |
        {Block(credentials.CaCertificate)}
          - path: /etc/docker/server-cert.pem
            content: |
        {Block(credentials.TlsCertificate)}
          - path: /etc/docker/server-key.pem
            permissions: '0600'
            content: |
        {Block(credentials.TlsKey)}
        """;

    /// <summary>The certificates encoded, with names that only daemon.json explains.</summary>
    public static string Encoded(ServerCredentials credentials) =>
        $$"""
        #cloud-config
        write_files:
        - {path: /certs/1, encoding: b64, content: {{Text(credentials.CaCertificate)}}}
        - {path: /certs/2, encoding: base64, content: {{Text(credentials.TlsCertificate)}}}
        - {path: /certs/3, encoding: b64, content: {{Text(credentials.TlsKey)}}}
        - path: /etc/docker/daemon.json
          content: |
            {"hosts": ["tcp://0.0.0.0:2376"], "tlsverify": true,
             "tlscacert": "/certs/1", "tlscert": "/certs/2", "tlskey": "/certs/3"}
        """;

    private static string Block(ReadOnlyMemory<byte> pem) => string.Join(
        '\n', Encoding.ASCII.GetString(pem.Span).TrimEnd().Split('\n').Select(line => "      " + line));

    private static string Text(ReadOnlyMemory<byte> pem) => Convert.ToBase64String(pem.Span);
}
