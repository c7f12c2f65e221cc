using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using ServersGrpc.Rpc.Server;
using ServersGrpc.Rpc.Transcoding.Binding;
using ServersGrpc.Rpc.Transcoding.Errors;
using ServersGrpc.Rpc.Transcoding.Responses;
using ServersGrpc.Rpc.Transcoding.Routing;
using ServersGrpc.Rpc.Wire;
using Status = Google.Rpc.Status;

namespace ServersGrpc.Rpc.Transcoding.Calls;

/// <summary>Answers the requests of one HTTP rule: request to message, method, message to response. The one place that catches.</summary>
internal abstract class TranscodedCall(
    BoundMethod method, RequestReader reader, TimeProvider time, FaultMapper faults, RpcStatusResponder responder)
{
    protected BoundMethod Method => method;

    protected RpcStatusResponder Responder => responder;

    /// <summary>Cancelled when the service stops, for calls that are not left to finish.</summary>
    protected virtual CancellationToken Stopping => CancellationToken.None;

    /// <summary>Answers a request whose route was found.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        RestHeaders.Add(http.Response);
        using var call = new TranscodedCallContext(http, method.Method);
        try
        {
            var timeout = TimeoutOf(http);
            // Over before it began: what nobody waits for must have no effect.
            if (timeout == TimeSpan.Zero)
                throw new RpcException(FaultMapper.StatusOf(CancellationCause.DeadlinePassed));
            call.CancelAfter(timeout, Stopping, time);
            var request = await reader.ReadAsync(http, http.Features.GetRequiredFeature<RouteMatch>(), call.CancellationToken);
            await AnswerAsync(request, call);
        }
        catch (RequestRejectedException e)
        {
            await responder.AnswerJsonAsync(http, e.HttpStatus, e.Status, http.RequestAborted);
        }
        catch (Exception e)
        {
            await FailAsync(call, e);
        }
    }

    /// <summary>Runs the method and sends what it answers.</summary>
    protected abstract Task AnswerAsync(IMessage request, TranscodedCallContext call);

    /// <summary>
    /// Runs a method that gives one response. The caller has its answer at its deadline, though the method may go on for as long as it likes:
    /// the request is over when it is, for it may use what the call holds.
    /// </summary>
    protected async Task<IMessage> RunAsync(IMessage request, TranscodedCallContext call)
    {
        var begun = method.UnaryAsync(request, call);
        if (begun.IsCompleted || call.Deadline == DateTime.MaxValue)
            return (IMessage)await begun;
        var running = begun.AsTask();
        await ((Task)running).WaitAsync(call.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (running.IsCompleted || call.Cause != CancellationCause.DeadlinePassed)
            return (IMessage)await running;
        call.IsAnswered = true;
        await SendAsync(call, RichStatus.Of(FaultMapper.StatusOf(CancellationCause.DeadlinePassed), []));
        await call.HttpContext.Response.CompleteAsync();
        await running;
        throw new CallOverException();
    }

    /// <summary>Ends the call as its fault says.</summary>
    protected virtual async Task FailAsync(TranscodedCallContext call, Exception fault)
    {
        var status = StatusOf(call, fault);
        if (call.IsAnswered || call.HttpContext.RequestAborted.IsCancellationRequested)
            return;
        // Part of the body is sent, and a body can't turn into an error. Cut off, it is at least not taken for whole.
        if (call.HttpContext.Response.HasStarted)
            call.HttpContext.Abort();
        else
            await SendAsync(call, status);
    }

    /// <summary>The call's status with its details; logs what nobody foresaw.</summary>
    protected Status StatusOf(TranscodedCallContext call, Exception fault) =>
        RichStatus.Of(faults.ToStatus(fault, call), call.ResponseTrailers);

    /// <summary>A method may also end with a status that it does not throw.</summary>
    /// <exception cref="RpcException">It did.</exception>
    protected static void ThrowIfFailed(TranscodedCallContext call)
    {
        if (call.Status.StatusCode != Grpc.Core.StatusCode.OK)
            throw new RpcException(call.Status);
    }

    /// <summary>How long the caller waits, in gRPC's own header: proxies that know it pass it on.</summary>
    private static TimeSpan? TimeoutOf(HttpContext http)
    {
        if (http.Request.Headers.GrpcTimeout is not { Count: > 0 } timeouts)
            return null;
        // More than one, joined, are as malformed as any other.
        var text = timeouts.ToString();
        if (GrpcTimeout.TryParse(text, out var timeout))
            return timeout;
        throw new RequestRejectedException(StatusCodes.Status400BadRequest, new Status
        {
            Code = (int)Grpc.Core.StatusCode.InvalidArgument,
            Message = $"The grpc-timeout \"{text}\" is not 1 to 8 digits and one of H, M, S, m, u, n.",
        });
    }

    private Task SendAsync(TranscodedCallContext call, Status status)
    {
        var http = call.HttpContext;
        if (call.ResponseTrailers.GetValue(HeaderNames.RetryAfter.ToLowerInvariant()) is { } retryAfter)
            http.Response.Headers.RetryAfter = retryAfter;
        return responder.AnswerJsonAsync(http, HttpStatusMap.Of(status.Code), status, http.RequestAborted);
    }
}
