using Google.Rpc;
using Grpc.Core;
using ServersGrpc.Engine.Servers;
using ServersGrpc.Engine.Storage;
using ServersGrpc.Errors;

namespace ServersGrpc.Tests.Errors;

public sealed class ApiErrorsTests
{
    public static TheoryData<Exception, StatusCode, string> Errors => new()
    {
        { new ServerNotFoundException("a"), StatusCode.NotFound, "SERVER_NOT_FOUND" },
        { new NameTakenException("a", ServerState.Running), StatusCode.AlreadyExists, "NAME_TAKEN" },
        { new EtagMismatchException("a", "1", "2"), StatusCode.Aborted, "ETAG_MISMATCH" },
        { new RequestIdReusedException("r", "a"), StatusCode.Aborted, "REQUEST_ID_REUSED" },
        { new ServerLimitException(3), StatusCode.ResourceExhausted, "SERVER_LIMIT_REACHED" },
        { new InvalidRequestException("name", "bad"), StatusCode.InvalidArgument, "INVALID_ARGUMENT" },
        { new ServerNotRunningException("a", ServerState.Staging), StatusCode.FailedPrecondition, "SERVER_NOT_RUNNING" },
        { new RotationNotSupportedException("a", "cloud", isEnabled: true), StatusCode.FailedPrecondition, "ROTATION_NOT_SUPPORTED" },
        { new RotationRefusedException("a"), StatusCode.FailedPrecondition, "ROTATION_REFUSED" },
        { new RotationPendingException("a", TimeSpan.FromMinutes(1)), StatusCode.DeadlineExceeded, "ROTATION_PENDING" },
        { new RevisionExpiredException(1, 2, 3), StatusCode.OutOfRange, "REVISION_EXPIRED" },
        { new SlowReaderException(1), StatusCode.ResourceExhausted, "READER_TOO_SLOW" },
        { new StoreUnavailableException("locked"), StatusCode.Unavailable, "STORE_UNAVAILABLE" },
    };

    [Theory]
    [MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public void From_DomainError_IsItsStatusAndReason(Exception error, StatusCode code, string reason)
    {
        var status = ApiErrors.From(error);

        Assert.NotNull(status);
        Assert.Equal((int)code, status.Code);
        Assert.Contains(error.Message, status.Message);
        var info = status.Details[0].Unpack<ErrorInfo>();
        Assert.Equal((reason, "servers-grpc"), (info.Reason, info.Domain));
    }

    [Fact]
    public void From_InvalidRequest_NamesEveryField()
    {
        var status = ApiErrors.From(new InvalidRequestException([new("name", "bad"), new("size", "worse")]))!;

        Assert.Equal(["name", "size"], status.Details[1].Unpack<BadRequest>().FieldViolations.Select(v => v.Field));
    }

    [Fact]
    public void From_ManyViolations_NamesTheFirstAndSaysHowManyMoreThereAre()
    {
        var status = ApiErrors.From(new InvalidRequestException([.. Enumerable.Range(0, 300).Select(i => new FieldViolation($"field{i}", "bad"))]))!;

        Assert.Equal("field0: bad; field1: bad; field2: bad; field3: bad; field4: bad; and 295 more", status.Message);
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => $"field{i}"),
            status.Details[1].Unpack<BadRequest>().FieldViolations.Select(v => v.Field));
    }

    [Fact]
    public void From_StoreUnavailable_SaysWhenToComeBack() =>
        Assert.Equal(1, ApiErrors.From(new StoreUnavailableException("locked"))!.Details[1].Unpack<RetryInfo>().RetryDelay.Seconds);

    [Fact]
    public void From_AnythingElse_IsNoBusinessOfCallers() => Assert.Null(ApiErrors.From(new InvalidOperationException("secret")));
}
