namespace ServersGrpc.Listening.Answers;

internal static class AnswerServices
{
    /// <summary>
    /// Waits until what counts is read, which a flush tells: without one the server takes an answer over, and says to nobody when it has left. To
    /// stand in front of what writes answers.
    /// </summary>
    public static void UseAnswerLimits(this IApplicationBuilder app) => app.Use(static async (http, next) =>
    {
        // Of what is in front of it: behind, somebody may have put another body in its place.
        var writer = http.Response.BodyWriter;
        try
        {
            await next(http);
            // A token would abort the connection. It ends with the connection too.
            if (http.Features.Get<CountedAnswer>() is not null)
                await writer.FlushAsync(CancellationToken.None);
        }
        finally
        {
            if (http.Features.Get<CountedAnswer>() is { } answer)
                answer.Unread.End(answer.Size);
        }
    });
}
