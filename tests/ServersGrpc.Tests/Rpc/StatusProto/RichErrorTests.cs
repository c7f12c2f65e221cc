using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using ServersGrpc.Tests.Rpc.Wire;
using ServersGrpc.Tests.Shapes.V1;

namespace ServersGrpc.Tests.Rpc.StatusProto;

public sealed class RichErrorTests
{
    private static readonly Google.Rpc.Status Gone = new()
    {
        Code = (int)StatusCode.NotFound,
        Message = "gone",
        Details = { Any.Pack(new ErrorInfo { Reason = "GONE" }), Any.Pack(new RetryInfo()) },
    };

    [Fact]
    public async Task GetRpcStatus_MethodFailedWithDetails_IsTheirStatus()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Unary = (_, _) => throw Gone.ToRpcException();

        var fault = await Assert.ThrowsAsync<RpcException>(() => host.Client.UnaryAsync(new Ping()).ResponseAsync);

        Assert.Equal(new Grpc.Core.Status(StatusCode.NotFound, "gone"), fault.Status);
        Assert.Equal(Gone, fault.GetRpcStatus());
        Assert.Equal("GONE", fault.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason);
        Assert.NotNull(fault.GetRpcStatus()?.GetDetail<RetryInfo>());
        Assert.Null(fault.GetRpcStatus()?.GetDetail<BadRequest>());
    }

    [Theory]
    [InlineData('x')]
    [InlineData('漢')]
    public async Task Fail_DetailsBeyondWhatClientsTake_KeepsTheStatusAndTheFirstDetails(char letter)
    {
        await using var host = await GrpcHost.StartAsync();
        var request = new BadRequest();
        for (var i = 0; i < 300; i++)
            request.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = $"field{i}", Description = new string(letter, 100) });
        var status = new Google.Rpc.Status
        {
            Code = (int)StatusCode.InvalidArgument,
            Message = new string(letter, 5000),
            Details = { Any.Pack(new ErrorInfo { Reason = "BAD" }), Any.Pack(request), Any.Pack(new RetryInfo()) },
        };
        host.Behavior.Unary = (_, _) => throw status.ToRpcException();

        var answer = await host.Raw.PostAsync(RawClient.Frame(new Ping()));
        var fault = await Assert.ThrowsAsync<RpcException>(() => host.Client.UnaryAsync(new Ping()).ResponseAsync);
        var shortened = fault.GetRpcStatus()!;

        Assert.InRange(answer.Message!.Length + answer.Value("grpc-status-details-bin")!.Length, 4096, 6 * 1024);
        Assert.Equal((StatusCode.InvalidArgument, (int)StatusCode.InvalidArgument), (fault.StatusCode, shortened.Code));
        Assert.Equal(fault.Status.Detail, shortened.Message);
        Assert.StartsWith(shortened.Message, status.Message);
        Assert.NotEmpty(shortened.Message);
        Assert.Equal("BAD", shortened.GetDetail<ErrorInfo>()?.Reason);
        var violations = shortened.GetDetail<BadRequest>()!.FieldViolations;
        Assert.Equal(request.FieldViolations.Take(violations.Count), violations);
        Assert.InRange(violations.Count, 5, 300);
        Assert.Null(shortened.GetDetail<RetryInfo>());
    }

    [Fact]
    public async Task Fail_LargeBytesThatAreNoStatus_AreLeftOut()
    {
        await using var host = await GrpcHost.StartAsync();
        host.Behavior.Unary = (_, _) => throw new RpcException(
            new Grpc.Core.Status(StatusCode.NotFound, "gone"), new Metadata { { "grpc-status-details-bin", [255, .. new byte[9000]] } });

        var answer = await host.Raw.PostAsync(RawClient.Frame(new Ping()));

        Assert.Equal((StatusCode.NotFound, "gone", null), (answer.Status, answer.Message, answer.Value("grpc-status-details-bin")));
    }

    [Fact]
    public void GetRpcStatus_NoDetails_IsNull() => Assert.Null(new RpcException(Grpc.Core.Status.DefaultCancelled).GetRpcStatus());

    [Fact]
    public void GetRpcStatus_BytesAreNoStatus_SaysSoUnlessToldNotTo()
    {
        var trailers = new Metadata { { "grpc-status-details-bin", [1, 2, 3] } };

        Assert.Throws<InvalidProtocolBufferException>(() => trailers.GetRpcStatus());
        Assert.Null(trailers.GetRpcStatus(ignoreParseError: true));
    }

    [Fact]
    public void SetRpcStatus_Twice_KeepsTheLast()
    {
        var trailers = new Metadata();
        trailers.SetRpcStatus(new Google.Rpc.Status { Message = "first" });
        trailers.SetRpcStatus(Gone);

        Assert.Equal(Gone, trailers.GetRpcStatus());
        Assert.Single(trailers);
    }
}
