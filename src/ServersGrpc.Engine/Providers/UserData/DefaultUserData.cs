namespace ServersGrpc.Engine.Providers.UserData;

/// <summary>
/// What machines run where nobody says otherwise: Docker from the distribution's packages, listening on port 2376 with the server's
/// certificates. For Debian and Ubuntu.
/// </summary>
internal static class DefaultUserData
{
    // The files are there before the package is installed, so that its first start is the right one. The unit of Debian and that of Ubuntu
    // both give the engine a host of their own, which the engine refuses beside those of its file: the drop-in takes it away. fd:// stays
    // among them: systemd holds the socket that programs on the machine itself use. [::] takes IPv4 too.
    public static readonly UserDataTemplate Template = UserDataTemplate.Parse(
        """
        #cloud-config
        # {{name}}: Docker, reached with the server's own certificates.
        package_update: true
        packages:
          - docker.io
        write_files:
          - path: /etc/docker/tls/ca.pem
            permissions: "0644"
            content: |
              {{ca_cert | indent(6)}}
          - path: /etc/docker/tls/cert.pem
            permissions: "0644"
            content: |
              {{tls_cert | indent(6)}}
          - path: /etc/docker/tls/key.pem
            permissions: "0600"
            content: |
              {{tls_key | indent(6)}}
          - path: /etc/docker/daemon.json
            permissions: "0644"
            content: |
              {
                "hosts": ["fd://", "tcp://[::]:2376"],
                "tlsverify": true,
                "tlscacert": "/etc/docker/tls/ca.pem",
                "tlscert": "/etc/docker/tls/cert.pem",
                "tlskey": "/etc/docker/tls/key.pem"
              }
          - path: /etc/systemd/system/docker.service.d/hosts.conf
            permissions: "0644"
            content: |
              [Service]
              ExecStart=
              ExecStart=/usr/bin/env dockerd
        runcmd:
          - systemctl daemon-reload
          - systemctl enable docker
          - systemctl restart docker

        """);
}
