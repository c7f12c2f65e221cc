using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServersGrpc.Tests.Rpc.Wire;

namespace ServersGrpc.Tests.Rpc.Server;

public sealed class MappingTests
{
    [Fact]
    public void MapGrpcService_WithoutAddGrpc_SaysWhatIsMissing()
    {
        var app = WebApplication.CreateBuilder().Build();

        Assert.Contains("AddGrpc", Assert.Throws<InvalidOperationException>(app.MapGrpcService<ShapesService>).Message);
    }

    [Fact]
    public void MapGrpcService_ClassThatIsNoService_NamesIt()
    {
        var app = Build();

        Assert.Contains(nameof(MappingTests), Assert.Throws<InvalidOperationException>(app.MapGrpcService<MappingTests>).Message);
    }

    [Fact]
    public void MapGrpcService_Twice_NamesTheMethod()
    {
        var app = Build();
        app.MapGrpcService<ShapesService>();

        Assert.Contains("/tests.v1.Shapes/Unary", Assert.Throws<InvalidOperationException>(app.MapGrpcService<ShapesService>).Message);
    }

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddSingleton<ShapesBehavior>();
        builder.Services.AddGrpc();
        return builder.Build();
    }
}
