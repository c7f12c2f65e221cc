using Google.Protobuf.Reflection;
using Grpc.Health.V1;
using ServersGrpc.Auth;
using ServersGrpc.Engine.Access;
using ServersGrpc.V1;

namespace ServersGrpc.Tests.Auth;

public sealed class MethodRolesTests
{
    [Fact]
    public void OfMethods_TheContract_HasARoleForEveryMethod()
    {
        IEnumerable<ServiceDescriptor> services =
        [
            ServerService.Descriptor, Health.Descriptor,
            Grpc.Reflection.V1.ServerReflection.Descriptor, Grpc.Reflection.V1Alpha.ServerReflection.Descriptor,
        ];

        Assert.Equal(
            services.SelectMany(service => service.Methods).Select(method => $"/{method.Service.FullName}/{method.Name}").Order(StringComparer.Ordinal),
            MethodRoles.OfMethods.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("GetServer", Role.Viewer)]
    [InlineData("ListServers", Role.Viewer)]
    [InlineData("WatchServers", Role.Viewer)]
    [InlineData("ListServerEvents", Role.Viewer)]
    [InlineData("ProvisionServer", Role.Operator)]
    [InlineData("TerminateServer", Role.Operator)]
    [InlineData("RotateServerCredentials", Role.Operator)]
    public void OfMethods_AMethod_AsksForTheDocumentedRole(string method, Role role) =>
        Assert.Equal(role, MethodRoles.OfMethods[$"/servers.v1.ServerService/{method}"]);
}
