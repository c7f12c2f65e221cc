using System.ComponentModel.DataAnnotations;

namespace ServersGrpc.Engine.Lifecycle;

/// <summary>How servers are looked after: section Servers:Lifecycle. Times are d.hh:mm:ss.</summary>
public sealed class LifecycleOptions : IValidatableObject
{
    /// <summary>How many servers are worked on at once, 1 to 1,024. Default: 64.</summary>
    [Range(1, 1024)]
    public int Concurrency { get; set; } = 64;

    /// <summary>The longest that one step (a provider's call, mostly) may take, 1 second to 1 hour. Default: 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan StepDeadline { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often making an instance is tried before the server is given up, 1 to 1,000. Default: 10.</summary>
    [Range(1, 1000)]
    public int CreateAttempts { get; set; } = 10;

    /// <summary>For how long making an instance is tried, 1 second to 7 days. Default: 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan CreateDeadline { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long an instance may boot before the server is given up, 1 second to 7 days. Default: 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan ReadyDeadline { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long an instance may take to answer one probe, 100 milliseconds to 5 minutes. Default: 10 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a running server is probed, 100 milliseconds to 1 day. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan LivenessInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// So many failed probes in a row make a running server unreachable, 2 to 1,000: the first tells whether others fail with it. Default: 5.
    /// </summary>
    [Range(2, 1000)]
    public int LivenessFailures { get; set; } = 5;

    /// <summary>
    /// How long before its certificates end a running server is said to near that end, by an event and in the metrics, 0 to 1,080 days.
    /// Default: 30 days.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1080.00:00:00")]
    public TimeSpan CertificateWarning { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// For how long a (region, size) that was out of stock is passed over by servers that have alternatives, 0 to 1 day. Default: 5 minutes.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ShortageMemory { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// What is done about orphans, instances of this installation that no server has: Destroy, or Log to only tell of them. Default: Destroy.
    /// </summary>
    public SweepMode Sweep { get; set; } = SweepMode.Destroy;

    /// <summary>How often orphans are searched for, 1 second to 1 day. Default: 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How old an instance must be to be an orphan, 1 second to 30 days. Default: 10 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan OrphanAge { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The least time between the two searches in a row that must both see an orphan before it is removed, 1 second to 1 day. Default: 1
    /// minute.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan OrphanConfirmation { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long an instance in error is kept for people to look at before it is removed, 0 to 30 days. Default: 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan ErrorRetention { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a server without an instance stays readable before it is purged, 1 second to 365 days. Default: 1 day.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan StoppedRetention { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long the events of purged servers are kept, 1 second to 3,650 days. Default: 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan EventRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long steps under way may go on when the service is stopped, 0 to 5 seconds: all of the stop takes less than ten. Default: 4 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:05")]
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>A step that probes twice must hear of its failure before its own deadline.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (StepDeadline <= 2 * ProbeTimeout)
            yield return new($"StepDeadline ({StepDeadline}) must be more than twice ProbeTimeout ({ProbeTimeout}).");
    }

    /// <summary>How many servers of one provider are worked on at once: a provider that hangs must leave room for the others.</summary>
    internal int ShareOfOneProvider => Math.Max(1, Concurrency * 3 / 4);

    /// <summary>Longer than any step, so that a lease ends only when its worker is dead or has lost its way.</summary>
    internal TimeSpan LeaseDuration => StepDeadline + TimeSpan.FromMinutes(1);
}
