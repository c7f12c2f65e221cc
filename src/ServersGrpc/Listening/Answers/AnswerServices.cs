namespace ServersGrpc.Listening.Answers;

internal static class AnswerServices
{
    /// <summary>
    /// Waits until what counts is read, which a flush tells: without one the server takes an answer over, and says to nobody when it has left. To
    /// stand in front of what writes answers.
    /// </summary>
    public static void UseAnswerLimits(this IApplicationBuilder app) => app.Use(static async (http, next) =>
    {
        await next(http);
        if (http.Features.Get<CountedAnswer>() is not { } answer)
            return;
        try
        {
            // A token would abort the connection. It ends with the connection too.
            await http.Response.BodyWriter.FlushAsync(CancellationToken.None);
        }
        finally
        {
            answer.Unread.End(answer.Size);
        }
    });
}
