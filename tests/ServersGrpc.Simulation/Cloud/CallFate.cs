namespace ServersGrpc.Simulation.Cloud;

/// <summary>How a call of a provider ends.</summary>
internal enum CallFate
{
    Answered,

    /// <summary>Fails, without an effect.</summary>
    Failed,

    /// <summary>Refused for now, with word on when to come back.</summary>
    TooManyRequests,

    /// <summary>Done, but the answer is a failure.</summary>
    AnswerLost,

    /// <summary>Done, but the answer is a failure of a kind that no provider names.</summary>
    AnswerBroken,

    /// <summary>Fails, and is done a while later.</summary>
    DoneLate,

    /// <summary>Neither done nor answered.</summary>
    Hangs,

    /// <summary>Done, but never answered.</summary>
    HangsDone,

    /// <summary>The caller's process dies before it is done.</summary>
    CallerDies,

    /// <summary>The caller's process dies before it hears the answer.</summary>
    CallerDiesDone,
}
