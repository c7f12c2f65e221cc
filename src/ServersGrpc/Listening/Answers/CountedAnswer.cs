namespace ServersGrpc.Listening.Answers;

/// <summary>The feature of a request whose answer counts until its caller has read it.</summary>
internal sealed record CountedAnswer(UnreadAnswers Unread, long Size);
