using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Microsoft.AspNetCore.Http;
using static Google.Rpc.BadRequest.Types;

namespace ServersGrpc.Rpc.Transcoding.Errors;

/// <summary>Says what is wrong with a request: all of it, field by field.</summary>
internal static class InvalidRequest
{
    /// <summary>More problems than these are of no more use to the caller, and the text of all could be far longer than the request.</summary>
    public const int MostProblems = 20;

    private const int MostInMessage = 10;
    private const int LongestShown = 100;

    /// <summary>Shortens what a problem quotes.</summary>
    public static string Shown(string text) => text.Length <= LongestShown ? text : string.Concat(text.AsSpan(0, LongestShown), "…");

    /// <exception cref="RequestRejectedException">There is a problem.</exception>
    public static void ThrowIfAny(IReadOnlyList<FieldViolation> problems)
    {
        if (problems.Count == 0)
            return;
        var lines = problems.Take(MostInMessage)
            .Select(problem => problem.Field.Length == 0 ? problem.Description : $"{problem.Field}: {problem.Description}");
        var more = problems.Count > MostInMessage ? $"; and {problems.Count - MostInMessage} more" : "";
        throw new RequestRejectedException(StatusCodes.Status400BadRequest, new Status
        {
            Code = (int)Code.InvalidArgument,
            Message = $"The request is not valid: {string.Join("; ", lines)}{more}.",
            Details = { Any.Pack(new BadRequest { FieldViolations = { problems } }) },
        });
    }
}
