using System.ComponentModel.DataAnnotations;

namespace ServersGrpc.Listening;

/// <summary>What a caller may take of the service, in memory, connections and time: section Servers:Limits.</summary>
internal sealed class LimitsOptions : IValidatableObject
{
    private const string ShortestTime = "00:00:00.1";
    private const string LongestTime = "1.00:00:00";

    /// <summary>Bytes of a request: the body over REST, a message over gRPC. 1 KiB to 64 MiB. Default: 1 MiB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxRequestSize { get; set; } = 1024 * 1024;

    /// <summary>Headers of a request. 20 to 10,000. Default: 100.</summary>
    [Range(20, 10_000)]
    public int MaxHeaders { get; set; } = 100;

    /// <summary>Bytes of all headers of a request. 4 KiB to 1 MiB. Default: 32 KiB.</summary>
    [Range(4 * 1024, 1024 * 1024)]
    public int MaxHeadersSize { get; set; } = 32 * 1024;

    /// <summary>
    /// Calls at once on an HTTP/2 connection; beyond that they wait in the client, unseen. A gRPC channel is one connection as a rule, and a
    /// watch holds a stream for hours: 100, which is usual, is met by a program that watches a hundred times. 1 to 100,000. Default: 4,096.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxStreamsPerConnection { get; set; } = 4096;

    /// <summary>Connections at once, over all addresses and protocols; beyond that new ones are closed. 1 to 1,000,000. Default: 10,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>
    /// Connections at once of an http address that have not shown yet whether they speak HTTP/1.1 or HTTP/2; beyond that the oldest are closed.
    /// 1 to 1,000,000. Default: 1,000.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxUndecidedConnections { get; set; } = 1000;

    /// <summary>
    /// Bytes of answers, of 4 KiB and more each, that a caller may leave unread on a connection before its next calls wait. Of those
    /// under 32 KiB one in 64 is taken by lot and counts 64 times. Shorter ones are bounded by MaxStreamsPerConnection. 64 KiB to 1 GiB. Default: 4 MiB.
    /// </summary>
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int MaxUnreadAnswersPerConnection { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// Bytes of answers that all callers together may leave unread; beyond that the connection with the most of them is closed. At least
    /// MaxUnreadAnswersPerConnection, at most 2 GiB less one. Default: 64 MiB.
    /// </summary>
    [Range(64 * 1024, int.MaxValue)]
    public int MaxUnreadAnswers { get; set; } = 64 * 1024 * 1024;

    /// <summary>How long a new connection of an http address may take to show its protocol. Default: 10 seconds.</summary>
    [Range(typeof(TimeSpan), ShortestTime, LongestTime)]
    public TimeSpan ProtocolTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a TLS handshake may take. Default: 10 seconds.</summary>
    [Range(typeof(TimeSpan), ShortestTime, LongestTime)]
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the headers of a request may take from their beginning to their end. Default: 30 seconds.</summary>
    [Range(typeof(TimeSpan), ShortestTime, LongestTime)]
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may be without a request. Default: 130 seconds.</summary>
    [Range(typeof(TimeSpan), ShortestTime, LongestTime)]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>
    /// Bytes a second in which a body has to come at least, once RateGrace is over; of a stream of requests none is asked for. 0: any. At most
    /// 1 GiB. Default: 240.
    /// </summary>
    [Range(0, 1024 * 1024 * 1024)]
    public int MinRequestRate { get; set; } = 240;

    /// <summary>Bytes a second in which an answer has to be taken at least, once RateGrace is over. 0: any. At most 1 GiB. Default: 240.</summary>
    [Range(0, 1024 * 1024 * 1024)]
    public int MinResponseRate { get; set; } = 240;

    /// <summary>How long a body, or the taking of an answer, may be slower than its rate. More than 1 second. Default: 5 seconds.</summary>
    [Range(typeof(TimeSpan), "00:00:01.001", LongestTime)]
    public TimeSpan RateGrace { get; set; } = TimeSpan.FromSeconds(5);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxUnreadAnswers < MaxUnreadAnswersPerConnection)
            yield return new("MaxUnreadAnswers must be at least MaxUnreadAnswersPerConnection.");
    }
}
