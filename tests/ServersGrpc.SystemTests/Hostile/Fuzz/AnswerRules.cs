using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ServersGrpc.SystemTests.Hostile.Http2;

namespace ServersGrpc.SystemTests.Hostile.Fuzz;

/// <summary>What every answer must be, whatever was asked. Each rule says what is wrong, or null.</summary>
internal static class AnswerRules
{
    private const int Unknown = 2;
    private const int Internal = 13;
    private const int LastCode = 16;

    // What the HTTP server refuses before the service sees it has no body.
    private static readonly int[] RefusedByHttp = [400, 408, 411, 413, 414, 431, 505];

    public static string? FaultOfRest(Http1Answer answer, bool isHead)
    {
        if (answer.Status is 500 or < 200 or > 599) return "a status that must not be";
        if (isHead) return answer.Body.Length > 0 ? "a body for HEAD" : null;
        if (answer.Headers["grpc-status"].Any() || answer.Status == 204) return null;
        if (answer.Status >= 400) return FaultOfError(answer);
        return answer.ContentType.StartsWith("application/json", StringComparison.Ordinal) && FaultOfJson(answer.Body) is { } fault ? fault : null;
    }

    public static string? FaultOfGrpc(Http2Answer answer, GrpcFuzzCase call)
    {
        // A path that HTTP does not allow is no request.
        if (answer.Shape == "RST_STREAM(ProtocolError)") return call.Path.All(character => character is > ' ' and < '\u007f' and not '%') ? answer.Shape : null;
        if (answer.Frames[0].Type != Http2FrameType.Headers) return "no headers";
        if (answer.HttpStatus is not ("200" or "400" or "401" or "404" or "405" or "415")) return "a status of HTTP that must not be";
        if (answer.Value("grpc-status") is { } status) return FaultOfStatus(status, call.MayBeInternal);
        // All calls have deadlines. gRPC lets a server end a call so whose deadline passed, as this one does where it passed while a message was written.
        if (answer.Shape.EndsWith(" RST_STREAM(Cancel)", StringComparison.Ordinal)) return null;
        if (answer.HttpStatus == "200") return $"no status: {answer.Shape}";
        return answer.HttpStatus is "405" ? null : FaultOfStatusMessage(answer.Body);
    }

    /// <param name="answer">What came.</param>
    /// <param name="mayBeInternal">Whether something of the protocol is wrong with the call.</param>
    /// <param name="mayBreakOff">
    /// Whether its deadline may have passed while a message was written. The package then writes the status beside the message, for a client that is
    /// to have given up.
    /// </param>
    public static string? FaultOfWeb(Http1Answer answer, bool mayBeInternal, bool mayBreakOff)
    {
        if (answer.Headers["grpc-status"].SingleOrDefault() is { } status) return FaultOfStatus(status, mayBeInternal);
        if (answer.Status != 200) return FaultOfRest(answer, isHead: false);
        var body = answer.ContentType.StartsWith("application/grpc-web-text", StringComparison.Ordinal)
            ? DecodeParts(Encoding.ASCII.GetString(answer.Body))
            : answer.Body;
        if (LastFrame(body) is not { } last) return mayBreakOff ? null : "a frame that breaks off";
        var trailers = last.Split("\r\n").Select(line => line.Split(": ", 2)).Where(parts => parts[0] == "grpc-status");
        return trailers.ToList() is [[_, var code]] ? FaultOfStatus(code, mayBeInternal) : mayBreakOff ? null : "no status";
    }

    /// <summary>Text of which everything between two flushes is base64 by itself; nothing where it is none.</summary>
    private static byte[] DecodeParts(string text)
    {
        try
        {
            return [.. text.Chunk(4).SelectMany(quantum => Convert.FromBase64CharArray(quantum, 0, quantum.Length))];
        }
        catch (FormatException)
        {
            return [];
        }
    }

    /// <summary>What the last frame holds; null when the body does not end with a whole frame.</summary>
    private static string? LastFrame(ReadOnlySpan<byte> body)
    {
        while (body.Length >= 5)
        {
            var end = 5L + BinaryPrimitives.ReadUInt32BigEndian(body[1..]);
            if (body.Length == end) return Encoding.ASCII.GetString(body[5..]);
            if (body.Length < end) return null;
            body = body[(int)end..];
        }
        return null;
    }

    private static string? FaultOfStatus(string status, bool mayBeInternal)
    {
        var code = int.Parse(status, CultureInfo.InvariantCulture);
        return code is < 0 or > LastCode or Unknown || (code == Internal && !mayBeInternal) ? $"the code {code}" : null;
    }

    private static string? FaultOfError(Http1Answer answer)
    {
        if (answer.Body.Length == 0)
            return RefusedByHttp.Contains(answer.Status) || (answer.Status == 405 && answer.Headers["allow"].Any()) ? null : "an error without a body";
        return answer.ContentType.StartsWith("application/json", StringComparison.Ordinal) ? FaultOfStatusMessage(answer.Body) : "an error that is no JSON";
    }

    /// <summary>A google.rpc.Status with a known code, and an ErrorInfo.</summary>
    private static string? FaultOfStatusMessage(byte[] body)
    {
        if (FaultOfJson(body) is { } fault) return fault;
        using var json = JsonDocument.Parse(body);
        var error = json.RootElement;
        if (!error.EnumerateObject().Select(field => field.Name).SequenceEqual(["code", "message", "details"])) return "an error that is no Status";
        var code = error.GetProperty("code").GetInt32();
        if (code is <= 0 or > LastCode or Unknown or Internal) return $"the code {code}";
        return error.GetProperty("details").EnumerateArray()
            .Any(detail => detail.GetProperty("@type").GetString() == "type.googleapis.com/google.rpc.ErrorInfo") ? null : "an error without ErrorInfo";
    }

    private static string? FaultOfJson(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return null;
        }
        catch (JsonException e)
        {
            return $"a body that is no JSON ({e.Message}): {Encoding.UTF8.GetString(body)}";
        }
    }
}
