using Microsoft.AspNetCore.Http;
using ServersGrpc.Rpc.Web;

namespace ServersGrpc.Tests.Rpc.Web;

public sealed class GrpcWebMiddlewareTests
{
    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/json")]
    [InlineData(null)]
    public async Task Invoke_NoGrpcWeb_CostsNoMemory(string? contentType)
    {
        const int Calls = 1000;
        var passed = 0;
        var middleware = new GrpcWebMiddleware(_ =>
        {
            passed++;
            return Task.CompletedTask;
        });
        var http = new DefaultHttpContext();
        (http.Request.Method, http.Request.ContentType) = (HttpMethods.Post, contentType);
        await middleware.InvokeAsync(http);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++)
            _ = middleware.InvokeAsync(http);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // Less than a byte a call: now and then the runtime itself allocates.
        Assert.InRange(allocated, 0, Calls - 1);
        Assert.Equal(Calls + 1, passed);
    }
}
