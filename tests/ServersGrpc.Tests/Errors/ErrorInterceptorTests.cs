using Grpc.Core;
using Microsoft.Extensions.Logging;
using ServersGrpc.Errors;

namespace ServersGrpc.Tests.Errors;

public sealed class ErrorInterceptorTests
{
    private readonly RecordedLogs _logs = new();

    [Fact]
    public void ToStatus_NotForeseen_IsAFaultAndLogged()
    {
        Assert.Equal(StatusCode.Unknown, ToStatus(new(default)));

        Assert.Equal(["/servers.v1.ServerService/WatchServers failed."], _logs.Texts);
    }

    [Fact]
    public void ToStatus_CallerHasGone_IsNoFault()
    {
        Assert.Equal(StatusCode.Cancelled, ToStatus(new(new(canceled: true))));

        Assert.Empty(_logs.Texts);
    }

    [Fact]
    public void ToStatus_DeadlinePassedAndTheTokenIsNotYetCancelled_IsNoFault()
    {
        var call = new FakeCall(default);
        call.Status = new(StatusCode.DeadlineExceeded, "Deadline Exceeded");

        Assert.Equal(StatusCode.Cancelled, ToStatus(call));

        Assert.Empty(_logs.Texts);
    }

    private StatusCode ToStatus(FakeCall call)
    {
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(_logs));
        // As a writer says that was completed meanwhile.
        var failure = new InvalidOperationException("Writing is not allowed after writer was completed.");
        return (StatusCode)new ErrorInterceptor(factory.CreateLogger<ErrorInterceptor>()).ToStatus(failure, call).Code;
    }
}
