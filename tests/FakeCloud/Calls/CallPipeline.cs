using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServersGrpc.FakeCloud.Client;
using ServersGrpc.FakeCloud.Faults;
using ServersGrpc.FakeCloud.Gates;
using ServersGrpc.FakeCloud.State;

namespace ServersGrpc.FakeCloud.Calls;

/// <summary>The way of every call to a cloud: token, rate limit, gates and faults before it is done, its doing, gates and faults after it.</summary>
internal sealed class CallPipeline(World world, FaultBook faults, GateBook gates, CallLog log)
{
    private const int MaxBody = 1024 * 1024;

    private readonly Dictionary<string, RateLimit> _limits = [];

    public async Task RunAsync(HttpContext http, ICloud cloud, string route, CallKind kind, Func<CloudCall, CloudReply> handle)
    {
        var request = http.Request;
        var sequence = log.Begin(world.Now, cloud.Name, route, request.Method, request.Path + request.QueryString);
        var suffered = (IReadOnlyList<Fault>)[];
        CloudReply? reply;
        try
        {
            Admit(http, cloud, route);
            var body = await ReadAsync(http, cloud);
            var call = Describe(http, cloud, route, kind, body);
            log.Change(sequence, entry => entry with { Machine = call.Machine });
            lock (world.Lock)
            {
                suffered = faults.Take(call);
                world.Commit();
            }

            log.Change(sequence, entry => entry with { Faults = [.. suffered.Select(fault => fault.Kind)] });
            reply = null;
            if (await StopAsync(call, CallPoint.Before, sequence))
            {
                await SufferAsync(http, cloud, suffered, CallPoint.Before);
                var done = Do(http, body, suffered, sequence, handle);
                if (await StopAsync(call, CallPoint.After, sequence))
                {
                    await SufferAsync(http, cloud, suffered, CallPoint.After);
                    if (!suffered.Any(fault => fault.Kind == FaultKind.AnswerLost)) reply = done;
                }
            }
        }
        catch (CloudException exception)
        {
            reply = Refusal(http, cloud, exception);
        }
        catch (InvalidFieldsException exception)
        {
            reply = Refusal(http, cloud, cloud.Invalid(exception.Problems));
        }
        catch (Exception exception) when (http.RequestAborted.IsCancellationRequested && exception is OperationCanceledException or IOException)
        {
            // The caller left while it was held, before anything was done.
            reply = null;
        }

        log.Change(sequence, entry => entry with { Status = reply?.Status ?? 0 });
        if (reply is null)
            http.Abort();
        else
            await WriteAsync(http, reply, isBroken: suffered.Any(fault => fault.Kind == FaultKind.BrokenPage));
    }

    private static CallDescription Describe(HttpContext http, ICloud cloud, string route, CallKind kind, JsonElement body)
    {
        var (region, size) = kind == CallKind.Create && body.ValueKind == JsonValueKind.Object ? cloud.Wanted(body) : (null, null);
        var isMachine = route.StartsWith("servers.", StringComparison.Ordinal) || route.StartsWith("droplets.", StringComparison.Ordinal);
        var machine = isMachine && http.Request.RouteValues["id"] is string id ? long.Parse(id, CultureInfo.InvariantCulture) : (long?)null;
        return new CallDescription(cloud.Name, route, kind, http.Request.Method, region, size, machine);
    }

    private static async Task<JsonElement> ReadAsync(HttpContext http, ICloud cloud)
    {
        if (http.Request.ContentLength is 0 or null && !http.Request.Headers.ContainsKey("Transfer-Encoding")) return default;
        using var text = new MemoryStream();
        await http.Request.Body.CopyToAsync(text, http.RequestAborted);
        if (text.Length is 0) return default;
        if (text.Length > MaxBody) throw cloud.BadJson;
        try
        {
            using var document = JsonDocument.Parse(text.GetBuffer().AsMemory(0, (int)text.Length));
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw cloud.BadJson;
        }
    }

    private static CloudReply Refusal(HttpContext http, ICloud cloud, CloudException exception)
    {
        if (exception.RetryAfter is { } wait)
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return new CloudReply(exception.Status, cloud.ErrorBody(exception, http.TraceIdentifier));
    }

    private static async Task WriteAsync(HttpContext http, CloudReply reply, bool isBroken)
    {
        http.Response.StatusCode = reply.Status;
        if (reply.Link is { } link) http.Response.Headers.Link = link;
        if (reply.Body is null) return;
        var bytes = JsonSerializer.SerializeToUtf8Bytes<JsonNode>(reply.Body, Json.Options);
        if (isBroken) bytes = bytes[..(bytes.Length / 2)];
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    private void Admit(HttpContext http, ICloud cloud, string route)
    {
        lock (world.Lock)
        {
            world.CountCall(cloud.Name, route);
            world.Commit();
            if (!_limits.TryGetValue(cloud.Name, out var limit)) _limits[cloud.Name] = limit = new RateLimit();
            var state = limit.Take(world.Settings.CallsPerHour, world.Now);
            cloud.AddRateLimit(http.Response.Headers, state);
            if (state.RetryAfter is not null) throw cloud.RateLimited;
            if (http.Request.Headers.Authorization != $"Bearer {cloud.Token(world.Settings)}") throw cloud.Unauthorized;
        }
    }

    private CloudReply Do(
        HttpContext http, JsonElement body, IReadOnlyList<Fault> suffered, long sequence, Func<CloudCall, CloudReply> handle)
    {
        lock (world.Lock)
        {
            var call = new CloudCall(http, body, suffered, world.Now);
            var reply = handle(call);
            world.Commit();
            if (call.Machine is not null) log.Change(sequence, entry => entry with { Machine = call.Machine });
            return reply;
        }
    }

    /// <summary>False: the gate was opened to cut the call off.</summary>
    private async Task<bool> StopAsync(CallDescription call, CallPoint point, long sequence)
    {
        if (gates.Meet(call, point) is not { } gate) return true;
        return await gate.StopAsync(log.Since(sequence - 1)[0]);
    }

    /// <summary>What goes wrong at this point, whatever the call.</summary>
    private async Task SufferAsync(HttpContext http, ICloud cloud, IReadOnlyList<Fault> suffered, CallPoint point)
    {
        foreach (var fault in suffered)
        {
            switch (fault.Kind)
            {
                case FaultKind.Hang when fault.Point == point:
                    await faults.HoldAsync(fault.Duration, http.RequestAborted);
                    break;
                case FaultKind.ServerError when fault.Point == point:
                    throw cloud.Failure(fault.Status ?? StatusCodes.Status500InternalServerError);
                case FaultKind.RateLimited when point == CallPoint.Before:
                    throw Limited(http, cloud, fault.Duration);
                case FaultKind.Refused when point == CallPoint.Before:
                    throw new CloudException(
                        fault.Status ?? StatusCodes.Status422UnprocessableEntity, fault.Code ?? "", fault.Message ?? "refused");
                case FaultKind.OutOfStock when point == CallPoint.Before:
                    throw cloud.OutOfStock;
                case FaultKind.NotUnique when point == CallPoint.Before:
                    throw cloud.NotUnique;
                default:
                    break;
            }
        }
    }

    private CloudException Limited(HttpContext http, ICloud cloud, TimeSpan wait)
    {
        lock (world.Lock)
        {
            var none = new RateLimitState(world.Settings.CallsPerHour, Remaining: 0, world.Now + wait, wait);
            cloud.AddRateLimit(http.Response.Headers, none);
        }

        var error = cloud.RateLimited;
        return new CloudException(error.Status, error.Code, error.Message, error.Details) { RetryAfter = wait };
    }
}
