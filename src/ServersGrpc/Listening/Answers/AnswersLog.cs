namespace ServersGrpc.Listening.Answers;

internal static partial class AnswersLog
{
    [LoggerMessage(1, LogLevel.Warning,
        "Closed connection {ConnectionId}, whose caller left {Bytes} bytes of answers unread, the most of all: there were more than {Max} (MaxUnreadAnswers)")]
    public static partial void Unread(ILogger logger, string connectionId, long bytes, int max);
}
