namespace ServersGrpc.FakeCloud.Client;

/// <summary>A mode in which every call may go wrong, for soaks. Kept over restarts.</summary>
/// <param name="Probability">How likely a call suffers one of the faults that fit it, from 0 to 1.</param>
/// <param name="Seed">Of the dice.</param>
/// <param name="Faults">What may go wrong: each fault's match narrows it; times and probability are not looked at.</param>
public sealed record Chaos(double Probability, int Seed, IReadOnlyList<Fault> Faults)
{
    /// <summary>Everything that a service must live with and that ends by itself, quickly enough for a soak of minutes.</summary>
    public static Chaos Everything(double probability, int seed) => new(
        probability,
        seed,
        [
            new Fault { Kind = FaultKind.AnswerLost },
            new Fault { Kind = FaultKind.Hang, Duration = TimeSpan.FromSeconds(2) },
            new Fault { Kind = FaultKind.Hang, Duration = TimeSpan.FromSeconds(2), Point = CallPoint.After },
            new Fault { Kind = FaultKind.RateLimited, Duration = TimeSpan.FromSeconds(1) },
            new Fault { Kind = FaultKind.ServerError, Status = 500 },
            new Fault { Kind = FaultKind.ServerError, Status = 502, Point = CallPoint.After },
            new Fault { Kind = FaultKind.ServerError, Status = 503 },
            new Fault { Kind = FaultKind.ServerError, Status = 504, Point = CallPoint.After },
            new Fault { Kind = FaultKind.OutOfStock },
            new Fault { Kind = FaultKind.ActionFailed },
            new Fault { Kind = FaultKind.SlowBoot, Duration = TimeSpan.FromSeconds(3) },
            new Fault { Kind = FaultKind.ListingLag, Duration = TimeSpan.FromSeconds(2) },
            new Fault { Kind = FaultKind.Vanishes, Duration = TimeSpan.FromSeconds(5) },
            new Fault { Kind = FaultKind.DeleteIgnored },
            new Fault { Kind = FaultKind.ShortPage },
            new Fault { Kind = FaultKind.BrokenPage },
            new Fault { Kind = FaultKind.MissingNext },
            new Fault { Kind = FaultKind.WrongTotal },
        ]);
}
